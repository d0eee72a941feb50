package io.aerodb.storage.metadata;

/**
 * A bucket and how much a caller sees in it.
 *
 * @param totalSize bytes
 */
public record BucketUsage(Bucket bucket, long fileCount, long totalSize) {}
