package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An object as it stands in the database.
 *
 * @param bucket the bucket's name
 * @param path the name inside the bucket
 * @param etag the strong entity tag, quotes included; another one after every write
 * @param blobKey where the bytes are, for the backend of that name; never shown to clients
 * @param size bytes
 * @param checksum lower-case hex SHA-256 of the bytes
 * @param metadata what the user attached, as a JSON object; null for nothing
 */
public record StorageObject(
        UUID id,
        String bucketId,
        String bucket,
        String path,
        @Nullable String ownerId,
        UUID version,
        String etag,
        String blobKey,
        String backend,
        long size,
        String checksum,
        String contentType,
        String cacheControl,
        @Nullable String contentEncoding,
        @Nullable String metadata,
        Instant createdAt,
        Instant updatedAt,
        Instant lastAccessedAt) {

    /** The columns {@link #from} reads, of a composite value called {@code object}. */
    static final String COLUMNS = """
            (object).id, (object).bucket_id, (object).name, (object).owner_id, (object).version, \
            (object).blob_key, (object).backend, (object).size, (object).checksum, (object).content_type, \
            (object).cache_control, (object).content_encoding, (object).user_metadata::text AS user_metadata, \
            (object).created_at, (object).updated_at, (object).last_accessed_at""";

    /** The same for lists, which do not tell user metadata: a page of it could be a gigabyte. */
    static final String COLUMNS_BUT_METADATA = COLUMNS.replace("(object).user_metadata::text", "NULL::text");

    static StorageObject from(Readable row, String bucketName) {
        UUID version = Columns.required(row, "version", UUID.class);
        return new StorageObject(
                Columns.required(row, "id", UUID.class),
                Columns.required(row, "bucket_id", String.class),
                bucketName,
                Columns.required(row, "name", String.class),
                row.get("owner_id", String.class),
                version,
                '"' + version.toString() + '"',
                Columns.required(row, "blob_key", String.class),
                Columns.required(row, "backend", String.class),
                Columns.required(row, "size", Long.class),
                Columns.required(row, "checksum", String.class),
                Columns.required(row, "content_type", String.class),
                Columns.required(row, "cache_control", String.class),
                row.get("content_encoding", String.class),
                row.get("user_metadata", String.class),
                Columns.required(row, "created_at", Instant.class),
                Columns.required(row, "updated_at", Instant.class),
                Columns.required(row, "last_accessed_at", Instant.class));
    }
}
