package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.Locale;

/**
 * What became of the rows that refer to a blob when they were to refer to its copy.
 *
 * @param moved objects of the migration's bucket that have the copy since this call
 */
public record BlobSwitch(Outcome outcome, long moved) {

    /** In all cases but the first nothing has changed, and nobody refers to the copy. */
    public enum Outcome {
        SWITCHED,
        /** Nobody refers to the blob any more. */
        UNREFERENCED,
        /** The migration has ended. */
        STOPPED,
        /** The copy was given up meanwhile. */
        SWEPT,
        /** The copy is not what the ledger says of the blob. */
        DIFFERS
    }

    static BlobSwitch from(Readable row) {
        return new BlobSwitch(
                Outcome.valueOf(Columns.required(row, "outcome", String.class).toUpperCase(Locale.ROOT)),
                Columns.required(row, "moved", Long.class));
    }
}
