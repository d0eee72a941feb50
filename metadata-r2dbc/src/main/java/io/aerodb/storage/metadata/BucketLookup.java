package io.aerodb.storage.metadata;

/** What a caller finds under a bucket's id or name. */
public sealed interface BucketLookup {

    record Found(Bucket bucket) implements BucketLookup {}

    record NotFound(Absence absence) implements BucketLookup {}
}
