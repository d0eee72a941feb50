package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;

/**
 * A blob that a migration has to move.
 *
 * @param path of one of the objects that have it
 * @param backend where it is now
 * @param size bytes
 * @param sha256 lower-case hex, of the bytes as they were stored
 */
public record MovableBlob(String path, String key, String backend, long size, String sha256) {

    static MovableBlob from(Readable row) {
        return new MovableBlob(
                Columns.required(row, "name", String.class),
                Columns.required(row, "blob_key", String.class),
                Columns.required(row, "backend", String.class),
                Columns.required(row, "size", Long.class),
                Columns.required(row, "sha256", String.class));
    }
}
