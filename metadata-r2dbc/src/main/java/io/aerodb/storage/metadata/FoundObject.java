package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import org.jspecify.annotations.Nullable;

/**
 * An object that a caller may read.
 *
 * @param policy of the object's bucket: whether shared caches may keep the answer
 * @param redirectReadsFrom of its bucket, in bytes: whether it may be read from its backend itself; null for no
 * @param damaged whether its bytes are known to be missing or other than stored; false where that is not asked
 */
public record FoundObject(
        StorageObject object, BucketPolicy policy, @Nullable Long redirectReadsFrom, boolean damaged) {

    /** The columns {@link #from} reads, of composite values called {@code bucket} and {@code object}. */
    static String columns(boolean asksForDamage) {
        return """
                (bucket).name AS b_name, (bucket).policy AS b_policy, (bucket).redirect_reads_from AS b_redirect_reads_from, \
                %s, %s AS damaged""".formatted(
                StorageObject.COLUMNS, asksForDamage ? "storage_private.blob_damaged((object).blob_key)" : "false");
    }

    static FoundObject from(Readable row) {
        return new FoundObject(
                StorageObject.from(row, Columns.required(row, "b_name", String.class)),
                Bucket.policy(row),
                row.get("b_redirect_reads_from", Long.class),
                Columns.required(row, "damaged", Boolean.class));
    }
}
