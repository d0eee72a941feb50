package io.aerodb.storage.gateway.wiring;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much is done at once. Who comes when all is taken is told to come again, before anything is done for him.
 *
 * @param maxUploads uploads that are open at once, of all callers
 * @param maxDownloads the same of downloads
 * @param maxUploadsPerCaller uploads of one caller; service_role has no such limit
 * @param maxDownloadsPerCaller the same of downloads
 * @param addressHeader where a proxy before the gateway writes the address of its client; not set: nobody does
 */
public record AdmissionSettings(
        @DefaultValue("2000") int maxUploads,
        @DefaultValue("4000") int maxDownloads,
        @DefaultValue("500") int maxUploadsPerCaller,
        @DefaultValue("1000") int maxDownloadsPerCaller,
        @Nullable String addressHeader) {

    private static final int MOST = 1_000_000;

    public AdmissionSettings {
        Bounds.check("storage.admission.max-uploads", maxUploads, 1, MOST);
        Bounds.check("storage.admission.max-downloads", maxDownloads, 1, MOST);
        Bounds.check("storage.admission.max-uploads-per-caller", maxUploadsPerCaller, 1, MOST);
        Bounds.check("storage.admission.max-downloads-per-caller", maxDownloadsPerCaller, 1, MOST);
    }
}
