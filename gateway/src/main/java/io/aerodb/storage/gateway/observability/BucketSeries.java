package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The series of each bucket, by the label {@code bucket}. Names come from users, and each is several series for as long as this
 * process runs: so only buckets that exist get their own, and of these the first so many.
 */
final class BucketSeries {

    /** The label of all others. No bucket can be called so. */
    static final String OTHER = "(other)";

    private final int most;
    private final MeterRegistry registry;
    private final Map<String, Series> known = new ConcurrentHashMap<>();
    private final Series others;

    /** Both, so that nothing is missed of a bucket that is written first and read later. */
    record Series(BucketMeters uploads, BucketMeters downloads) {}

    /** @param most buckets that have series of their own */
    BucketSeries(int most, MeterRegistry registry) {
        this.most = most;
        this.registry = registry;
        this.others = series(OTHER);
    }

    /** Of what a client calls a bucket. */
    Series of(String bucket) {
        return known.getOrDefault(bucket, others);
    }

    /** Of a bucket that exists. */
    Series ofExisting(String bucket) {
        Series series = known.get(bucket);
        return series == null ? added(bucket) : series;
    }

    private synchronized Series added(String bucket) {
        return known.size() < most ? known.computeIfAbsent(bucket, this::series) : of(bucket);
    }

    private Series series(String label) {
        return new Series(new BucketMeters("upload", label, registry), new BucketMeters("download", label, registry));
    }
}
