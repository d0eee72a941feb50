package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;

/** What is transferred, by bucket, of the names in docs/operations.md. */
public record StorageMetrics(TransferMeters uploads, TransferMeters downloads) {

    /** @param maxBuckets that have series of their own */
    public static StorageMetrics of(int maxBuckets, MeterRegistry registry) {
        BucketSeries buckets = new BucketSeries(maxBuckets, registry);
        return new StorageMetrics(
                new TransferMeters(buckets, BucketSeries.Series::uploads),
                new TransferMeters(buckets, BucketSeries.Series::downloads));
    }
}
