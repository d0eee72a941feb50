package io.aerodb.storage.gateway.bucket;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.aerodb.storage.metadata.BucketUsage;

/** A bucket with what the caller sees in it. */
record BucketUsageJson(
        @JsonUnwrapped BucketJson bucket,
        @JsonProperty("file_count") long fileCount,
        @JsonProperty("total_size") long totalSize) {

    static BucketUsageJson of(BucketUsage usage) {
        return new BucketUsageJson(BucketJson.of(usage.bucket()), usage.fileCount(), usage.totalSize());
    }
}
