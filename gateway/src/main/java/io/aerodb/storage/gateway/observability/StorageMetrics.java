package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;

/** What is transferred, by bucket, of the names in docs/operations.md. */
public record StorageMetrics(TransferMeters uploads, TransferMeters downloads) {

    /** @param maxBuckets that have series of their own */
    public static StorageMetrics of(int maxBuckets, MeterRegistry registry) {
        BucketLabels labels = new BucketLabels(maxBuckets);
        return new StorageMetrics(
                new TransferMeters("upload", labels, registry), new TransferMeters("download", labels, registry));
    }
}
