package io.aerodb.storage.gateway.observability;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The values of the label {@code bucket}. Names come from users, and each is several series for as long as this process runs: so
 * only buckets that exist get one, and of these the first so many.
 */
final class BucketLabels {

    /** All others. No bucket can be called so. */
    static final String OTHER = "(other)";

    private final int most;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** @param most buckets that have a label of their own */
    BucketLabels(int most) {
        this.most = most;
    }

    /** The label of what a client calls a bucket. */
    String of(String bucket) {
        return known.contains(bucket) ? bucket : OTHER;
    }

    /** The label of a bucket that exists. */
    String ofExisting(String bucket) {
        return known.contains(bucket) || added(bucket) ? bucket : OTHER;
    }

    private synchronized boolean added(String bucket) {
        return known.contains(bucket) || known.size() < most && known.add(bucket);
    }
}
