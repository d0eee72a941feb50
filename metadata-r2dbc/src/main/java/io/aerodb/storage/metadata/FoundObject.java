package io.aerodb.storage.metadata;

import org.jspecify.annotations.Nullable;

/**
 * An object that a caller may read.
 *
 * @param policy of the object's bucket: whether shared caches may keep the answer
 * @param redirectReadsFrom of its bucket, in bytes: whether it may be read from its backend itself; null for no
 */
public record FoundObject(
        StorageObject object, BucketPolicy policy, @Nullable Long redirectReadsFrom) {}
