package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that moves the bytes of a bucket to another backend.
 *
 * @param bucket its name
 * @param target the name of the backend
 * @param maxBytesPerSecond null for no limit of its own
 * @param counted whether the totals count all of the bucket
 * @param totalObjects of the bucket that were to be moved when it began; copies count each
 * @param objects of the bucket that were moved
 * @param bytes of these objects, like totalBytes
 * @param failed objects that could not be moved
 * @param lastError what last went wrong, also when it was mended since; null for nothing
 * @param stalls interruptions by a backend or the database since the last success
 * @param finishedAt null while it runs
 */
public record Migration(
        UUID id,
        String bucketId,
        String bucket,
        String target,
        @Nullable Long maxBytesPerSecond,
        State state,
        boolean counted,
        long totalObjects,
        long totalBytes,
        long objects,
        long bytes,
        long failed,
        @Nullable String lastError,
        int stalls,
        Instant startedAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    /** Where it stands; all but the first are final. */
    public enum State {
        RUNNING,
        DONE,
        /** At the end, some objects could not be moved. */
        FAILED,
        CANCELLED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The columns {@link #from} reads, of a composite value called {@code migration}. */
    static final String COLUMNS = """
            (migration).id, (migration).bucket_id, (migration).bucket, (migration).target, (migration).max_bytes_per_second, \
            (migration).state, (migration).counted_to IS NULL AS counted, (migration).total_objects, \
            (migration).total_bytes, (migration).objects, (migration).bytes, (migration).failed, \
            (migration).last_error, (migration).stalls, (migration).started_at, (migration).updated_at, \
            (migration).finished_at""";

    static Migration from(Readable row) {
        return new Migration(
                Columns.required(row, "id", UUID.class),
                Columns.required(row, "bucket_id", String.class),
                Columns.required(row, "bucket", String.class),
                Columns.required(row, "target", String.class),
                row.get("max_bytes_per_second", Long.class),
                State.valueOf(Columns.required(row, "state", String.class).toUpperCase(Locale.ROOT)),
                Columns.required(row, "counted", Boolean.class),
                Columns.required(row, "total_objects", Long.class),
                Columns.required(row, "total_bytes", Long.class),
                Columns.required(row, "objects", Long.class),
                Columns.required(row, "bytes", Long.class),
                Columns.required(row, "failed", Long.class),
                row.get("last_error", String.class),
                Columns.required(row, "stalls", Integer.class),
                Columns.required(row, "started_at", Instant.class),
                Columns.required(row, "updated_at", Instant.class),
                row.get("finished_at", Instant.class));
    }
}
