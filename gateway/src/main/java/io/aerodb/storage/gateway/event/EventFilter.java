package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.metadata.StorageEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events a subscriber asks for.
 *
 * @param bucket id or name; null for all
 * @param prefix of paths; empty for all, also for events of buckets, which have none
 * @param types empty for all
 */
record EventFilter(@Nullable String bucket, String prefix, Set<String> types) {

    private static final Set<String> ALL_TYPES = new LinkedHashSet<>(List.of(
            "storage.object.created",
            "storage.object.updated",
            "storage.object.deleted",
            "storage.object.moved",
            "storage.object.corrupted",
            "storage.bucket.created",
            "storage.bucket.updated",
            "storage.bucket.deleted"));

    /** @throws io.aerodb.storage.gateway.http.StorageError InvalidRequest with the field that is wrong */
    static EventFilter of(@Nullable String bucket, @Nullable String prefix, List<String> types) {
        return new EventFilter(
                bucket == null ? null : checkedBucket(bucket),
                prefix == null ? "" : ObjectPaths.part(ErrorCode.INVALID_REQUEST, "prefix", prefix),
                checkedTypes(types));
    }

    /** @param withOrigin whether it may be known where a moved object was */
    boolean matches(StorageEvent event, boolean withOrigin) {
        return (types.isEmpty() || types.contains(event.type()))
                && (isAt(event.bucketId(), event.bucket(), event.path()) || withOrigin && wasAt(event));
    }

    private boolean wasAt(StorageEvent event) {
        if (event.oldPath() == null) {
            return false;
        }
        return event.oldBucketId() == null
                ? isAt(event.bucketId(), event.bucket(), event.oldPath())
                : isAt(event.oldBucketId(), event.oldBucket(), event.oldPath());
    }

    private boolean isAt(String bucketId, @Nullable String bucketName, @Nullable String path) {
        return (bucket == null || bucket.equals(bucketId) || bucket.equals(bucketName))
                && (prefix.isEmpty() || path != null && path.startsWith(prefix));
    }

    private static String checkedBucket(String bucket) {
        return BucketNames.lookup(bucket)
                .orElseThrow(
                        () -> ErrorCode.INVALID_REQUEST.because("bucket", "must be the id or the name of a bucket"));
    }

    private static Set<String> checkedTypes(List<String> types) {
        if (!ALL_TYPES.containsAll(types)) {
            throw ErrorCode.INVALID_REQUEST
                    .because("types", "must be a list of types of events")
                    .with("allowed", ALL_TYPES);
        }
        return Set.copyOf(types);
    }
}
