package io.aerodb.storage.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a bucket is to change.
 *
 * @param policy null leaves it
 * @param allowedMimeTypes null leaves them, an empty list allows every type
 * @param maxFileSize null leaves it, {@link #NO_LIMIT} lifts it; bytes
 */
public record BucketChange(
        @Nullable BucketPolicy policy,
        @Nullable List<String> allowedMimeTypes,
        @Nullable Long maxFileSize) {

    public static final long NO_LIMIT = 0;
}
