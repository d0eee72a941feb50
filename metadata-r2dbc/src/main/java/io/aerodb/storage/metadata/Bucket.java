package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bucket as it stands in the database.
 *
 * @param id a UUID, or equal to the name
 * @param ownerId {@code sub} of the creator; null when service_role made it without one
 * @param allowedMimeTypes patterns like {@code image/*}; empty for any type
 * @param maxFileSize bytes; null for no limit of the bucket's own
 * @param backend where its new objects go; null for the gateway's default
 * @param redirectReadsFrom bytes; objects from this size on are read from their backend itself; null for none
 */
public record Bucket(
        String id,
        String name,
        @Nullable String ownerId,
        BucketPolicy policy,
        List<String> allowedMimeTypes,
        @Nullable Long maxFileSize,
        @Nullable String backend,
        @Nullable Long redirectReadsFrom,
        Instant createdAt,
        Instant updatedAt) {

    /** The columns {@link #from} reads, of a composite value called {@code bucket}. */
    static final String COLUMNS = """
            (bucket).id AS b_id, (bucket).name AS b_name, (bucket).owner_id AS b_owner_id, (bucket).policy AS b_policy, \
            (bucket).allowed_mime_types AS b_mime_types, (bucket).max_file_size AS b_max_file_size, \
            (bucket).backend AS b_backend, (bucket).redirect_reads_from AS b_redirect_reads_from, \
            (bucket).created_at AS b_created_at, (bucket).updated_at AS b_updated_at""";

    static Bucket from(Readable row) {
        String[] mimeTypes = row.get("b_mime_types", String[].class);
        return new Bucket(
                Columns.required(row, "b_id", String.class),
                Columns.required(row, "b_name", String.class),
                row.get("b_owner_id", String.class),
                policy(row),
                mimeTypes == null ? List.of() : List.of(mimeTypes),
                row.get("b_max_file_size", Long.class),
                row.get("b_backend", String.class),
                row.get("b_redirect_reads_from", Long.class),
                Columns.required(row, "b_created_at", Instant.class),
                Columns.required(row, "b_updated_at", Instant.class));
    }

    static BucketPolicy policy(Readable row) {
        return BucketPolicy.named(Columns.required(row, "b_policy", String.class))
                .orElseThrow();
    }
}
