package io.aerodb.storage.metadata;

/**
 * An object that a caller may read.
 *
 * @param policy of the object's bucket: whether shared caches may keep the answer
 */
public record FoundObject(StorageObject object, BucketPolicy policy) {}
