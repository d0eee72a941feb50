package io.aerodb.storage.gateway.migration;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.aerodb.storage.metadata.Migration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A migration as it is answered. The totals are null until they are counted. */
record MigrationJson(
        UUID id,
        @JsonProperty("bucket_id") String bucketId,
        String bucket,
        String to,
        String state,
        @JsonProperty("max_bytes_per_second") @Nullable Long maxBytesPerSecond,
        @JsonProperty("total_objects") @Nullable Long totalObjects,
        @JsonProperty("total_bytes") @Nullable Long totalBytes,
        long objects,
        long bytes,
        long failed,
        @JsonProperty("last_error") @Nullable String lastError,
        @JsonProperty("started_at") String startedAt,
        @JsonProperty("updated_at") String updatedAt,
        @JsonProperty("finished_at") @Nullable String finishedAt) {

    static MigrationJson of(Migration migration) {
        Instant finishedAt = migration.finishedAt();
        return new MigrationJson(
                migration.id(),
                migration.bucketId(),
                migration.bucket(),
                migration.target(),
                migration.state().word(),
                migration.maxBytesPerSecond(),
                migration.counted() ? Long.valueOf(migration.totalObjects()) : null,
                migration.counted() ? Long.valueOf(migration.totalBytes()) : null,
                migration.objects(),
                migration.bytes(),
                migration.failed(),
                migration.lastError(),
                migration.startedAt().toString(),
                migration.updatedAt().toString(),
                finishedAt == null ? null : finishedAt.toString());
    }
}
