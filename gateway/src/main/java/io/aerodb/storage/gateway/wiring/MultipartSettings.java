package io.aerodb.storage.gateway.wiring;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What one upload as {@code multipart/form-data} may hold beside its file.
 *
 * @param maxParts parts, the file included
 * @param maxPartHeaderSize bytes of the header lines of one part
 * @param maxFieldsSize bytes of everything but the file itself: fields, header lines, boundaries, what stands around them
 */
public record MultipartSettings(
        @DefaultValue("20") int maxParts,
        @DefaultValue("8KB") DataSize maxPartHeaderSize,
        @DefaultValue("2MB") DataSize maxFieldsSize) {

    public MultipartSettings {
        Bounds.check("storage.multipart.max-parts", maxParts, 1, 1000);
        Bounds.check(
                "storage.multipart.max-part-header-size",
                maxPartHeaderSize,
                DataSize.ofBytes(512),
                DataSize.ofKilobytes(64));
        Bounds.check(
                "storage.multipart.max-fields-size", maxFieldsSize, DataSize.ofKilobytes(16), DataSize.ofMegabytes(64));
    }
}
