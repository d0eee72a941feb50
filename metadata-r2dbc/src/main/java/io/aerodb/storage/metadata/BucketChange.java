package io.aerodb.storage.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of a bucket is to change.
 *
 * @param policy a policy's word, or {@link #NOT_PUBLIC}; null leaves it
 * @param allowedMimeTypes null leaves them, an empty list allows every type
 * @param maxFileSize bytes; null leaves it, {@link #NO_LIMIT} lifts it
 * @param backend for new objects; null leaves it, {@link #DEFAULT_BACKEND} takes the gateway's default
 * @param redirectReadsFrom bytes; null leaves it, {@link #NO_REDIRECTS} ends it
 */
public record BucketChange(
        @Nullable String policy,
        @Nullable List<String> allowedMimeTypes,
        @Nullable Long maxFileSize,
        @Nullable String backend,
        @Nullable Long redirectReadsFrom) {

    /** Makes a public bucket private and leaves the others as they are. */
    public static final String NOT_PUBLIC = "!public";

    public static final long NO_LIMIT = 0;

    public static final String DEFAULT_BACKEND = "";

    public static final long NO_REDIRECTS = -1;
}
