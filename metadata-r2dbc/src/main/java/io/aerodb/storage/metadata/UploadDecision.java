package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The database's answer before the first byte of an upload. */
public sealed interface UploadDecision {

    /**
     * The caller may write, and the ledger knows the blob.
     *
     * @param blobKey unique, to be written by this instance and nobody else
     * @param backend the name of the backend that it is to be written to; perhaps one that this gateway does not have
     * @param operation the right that counted: insert or update
     */
    record Permitted(String blobKey, String backend, String operation, Bucket bucket) implements UploadDecision {}

    /**
     * @param operation the right that counted: insert or update
     * @param policy which kind of policy denied: that of the bucket by its word, or operator; null for unknown
     * @param bucket null when there is none
     */
    record Refused(
            Reason reason,
            String operation,
            @Nullable String policy,
            @Nullable Bucket bucket) implements UploadDecision {}

    /** Why an upload is refused. */
    enum Reason {
        DENIED,
        NO_BUCKET,
        /** The object exists and the write was to create it. */
        EXISTS,
        /** The object is not there in a version named. */
        PRECONDITION,
        /** Larger than the bucket allows. */
        SIZE,
        /** Of a content type that the bucket does not allow. */
        TYPE,
        /** The link was revoked. */
        REVOKED,
        /** The link was used as often as it may be. */
        USED
    }

    static UploadDecision from(Readable row) {
        String outcome = Columns.required(row, "outcome", String.class);
        boolean known = row.get("b_id", String.class) != null;
        String operation = row.get("operation", String.class);
        String right = operation == null ? "insert" : operation;
        if (outcome.equals("permitted")) {
            return new Permitted(
                    Columns.required(row, "blob_key", String.class),
                    Columns.required(row, "backend", String.class),
                    right,
                    Bucket.from(row));
        }
        return new Refused(
                Reason.valueOf(outcome.toUpperCase(Locale.ROOT)),
                right,
                row.get("policy", String.class),
                known ? Bucket.from(row) : null);
    }
}
