package io.aerodb.storage.gateway.signing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a link to upload binds an upload to, beside what the bucket demands.
 *
 * @param upsert whether what is there may be overwritten
 * @param maxSize bytes; null for no limit of the link's own
 * @param mimeTypes patterns like {@code image/*}; empty for any type
 * @param sha256 lower-case hexadecimal; null for any content
 */
public record UploadTerms(
        boolean upsert,
        @Nullable Long maxSize,
        List<String> mimeTypes,
        @Nullable String sha256) {

    public UploadTerms {
        mimeTypes = List.copyOf(mimeTypes);
    }
}
