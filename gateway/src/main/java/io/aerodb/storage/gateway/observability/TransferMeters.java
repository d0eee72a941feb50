package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.observability.BucketSeries.Series;
import java.util.function.Function;

/** All uploads, or all downloads. */
public final class TransferMeters {

    private final BucketSeries buckets;
    private final Function<Series, BucketMeters> kind;

    TransferMeters(BucketSeries buckets, Function<Series, BucketMeters> kind) {
        this.buckets = buckets;
        this.kind = kind;
    }

    /** @param bucket what the client calls it, which may be no bucket's name */
    public Transfer begin(String bucket) {
        return new Transfer(this, kind.apply(buckets.of(bucket)));
    }

    BucketMeters existing(String bucket) {
        return kind.apply(buckets.ofExisting(bucket));
    }
}
