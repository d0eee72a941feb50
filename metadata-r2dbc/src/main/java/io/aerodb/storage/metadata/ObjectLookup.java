package io.aerodb.storage.metadata;

/** What a caller finds at a path. */
public sealed interface ObjectLookup {

    /** @param policy of the object's bucket: whether shared caches may keep the answer */
    record Found(StorageObject object, BucketPolicy policy) implements ObjectLookup {}

    record NotFound(Absence absence) implements ObjectLookup {}
}
