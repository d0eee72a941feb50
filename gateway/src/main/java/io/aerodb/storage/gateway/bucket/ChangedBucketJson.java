package io.aerodb.storage.gateway.bucket;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.aerodb.storage.metadata.Bucket;

/** The answer to a change of a bucket. */
record ChangedBucketJson(@JsonUnwrapped BucketJson bucket, String message) {

    static ChangedBucketJson of(Bucket bucket) {
        return new ChangedBucketJson(BucketJson.of(bucket), "Successfully updated");
    }
}
