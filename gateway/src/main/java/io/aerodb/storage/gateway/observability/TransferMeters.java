package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All uploads, or all downloads. */
public final class TransferMeters {

    private final String kind;
    private final BucketLabels labels;
    private final MeterRegistry registry;
    private final Map<String, BucketMeters> byLabel = new ConcurrentHashMap<>();

    TransferMeters(String kind, BucketLabels labels, MeterRegistry registry) {
        this.kind = kind;
        this.labels = labels;
        this.registry = registry;
        labelled(BucketLabels.OTHER);
    }

    /** @param bucket what the client calls it, which may be no bucket's name */
    public Transfer begin(String bucket) {
        return new Transfer(this, labelled(labels.of(bucket)));
    }

    BucketMeters existing(String bucket) {
        return labelled(labels.ofExisting(bucket));
    }

    private BucketMeters labelled(String label) {
        return byLabel.computeIfAbsent(label, bucket -> new BucketMeters(kind, bucket, registry));
    }
}
