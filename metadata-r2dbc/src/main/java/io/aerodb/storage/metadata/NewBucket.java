package io.aerodb.storage.metadata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bucket to be made.
 *
 * @param id a UUID, or equal to the name
 * @param maxFileSize bytes; null for no limit
 * @param backend where its objects go; null for the gateway's default
 * @param redirectReadsFrom bytes; objects from this size on are read from their backend itself; null for none
 */
public record NewBucket(
        String id,
        String name,
        BucketPolicy policy,
        List<String> allowedMimeTypes,
        @Nullable Long maxFileSize,
        @Nullable String backend,
        @Nullable Long redirectReadsFrom) {}
