package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A signed URL as the database knows it; its token is not kept.
 *
 * @param id the token's {@code jti}
 * @param scope {@code download} or {@code upload}
 * @param path of the object inside its bucket
 * @param ownerId {@code sub} of its creator; null when service_role made it without one
 * @param maxUses null when uses are not counted
 * @param uses 0 when they are not counted
 * @param createdAt whole seconds, like expiresAt
 */
public record SignedLink(
        UUID id,
        String scope,
        String bucketId,
        Instant bucketCreatedAt,
        String bucket,
        String path,
        @Nullable String ownerId,
        @Nullable Integer maxUses,
        int uses,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant revokedAt) {

    /** The columns {@link #from} reads, of composite values called {@code bucket} and {@code link}. */
    static final String COLUMNS = """
            (bucket).name AS u_bucket, (bucket).created_at AS u_bucket_created_at, (link).id AS u_id, (link).scope AS u_scope, (link).bucket_id AS u_bucket_id, \
            (link).name AS u_name, (link).owner_id AS u_owner_id, (link).max_uses AS u_max_uses, (link).uses AS u_uses, \
            (link).created_at AS u_created_at, (link).expires_at AS u_expires_at, (link).revoked_at AS u_revoked_at""";

    static SignedLink from(Readable row) {
        return new SignedLink(
                Columns.required(row, "u_id", UUID.class),
                Columns.required(row, "u_scope", String.class),
                Columns.required(row, "u_bucket_id", String.class),
                Columns.required(row, "u_bucket_created_at", Instant.class),
                Columns.required(row, "u_bucket", String.class),
                Columns.required(row, "u_name", String.class),
                row.get("u_owner_id", String.class),
                row.get("u_max_uses", Integer.class),
                Columns.required(row, "u_uses", Integer.class),
                Columns.required(row, "u_created_at", Instant.class),
                Columns.required(row, "u_expires_at", Instant.class),
                row.get("u_revoked_at", Instant.class));
    }
}
