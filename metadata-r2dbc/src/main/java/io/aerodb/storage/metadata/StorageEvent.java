package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change that was committed.
 *
 * @param sequence its place in the order that is the same for all readers; no number is missing
 * @param type like {@code storage.object.created}
 * @param objectId null for events of buckets, as are path, size, content type and version
 * @param oldBucketId where a moved object was, when that was another bucket
 * @param oldPath where a moved object was; null for all other events
 * @param ownerId of the object or the bucket
 * @param actor {@code sub} of who did it; null for who has none
 */
public record StorageEvent(
        long sequence,
        long id,
        String type,
        String bucketId,
        String bucket,
        @Nullable UUID objectId,
        @Nullable String path,
        @Nullable String oldBucketId,
        @Nullable String oldBucket,
        @Nullable String oldPath,
        @Nullable String ownerId,
        @Nullable Long size,
        @Nullable String contentType,
        @Nullable UUID version,
        @Nullable String actor,
        Instant timestamp) {

    static StorageEvent from(Readable row) {
        return new StorageEvent(
                Columns.required(row, "sequence", Long.class),
                Columns.required(row, "id", Long.class),
                Columns.required(row, "type", String.class),
                Columns.required(row, "bucket_id", String.class),
                Columns.required(row, "bucket", String.class),
                row.get("object_id", UUID.class),
                row.get("path", String.class),
                row.get("old_bucket_id", String.class),
                row.get("old_bucket", String.class),
                row.get("old_path", String.class),
                row.get("owner_id", String.class),
                row.get("size", Long.class),
                row.get("content_type", String.class),
                row.get("version", UUID.class),
                row.get("actor", String.class),
                Columns.required(row, "created_at", Instant.class));
    }
}
