package io.aerodb.storage.metadata;

import org.jspecify.annotations.Nullable;

/**
 * From where to where an object is moved or copied.
 *
 * @param bucket id or name
 * @param newBucket id or name, the same for a rename
 */
public record Relocation(String bucket, String path, String newBucket, String newPath) {

    /**
     * What a copy does not take from its source.
     *
     * @param contentType null keeps the source's; so for the others
     * @param contentEncoding empty for none
     * @param metadata a JSON object
     */
    public record Replacement(
            @Nullable String contentType,
            @Nullable String cacheControl,
            @Nullable String contentEncoding,
            @Nullable String metadata) {

        public static final Replacement NOTHING = new Replacement(null, null, null, null);
    }
}
