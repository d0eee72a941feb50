package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.Locale;

/** The database's answer to somebody who wants to let others upload. */
public sealed interface UploadLinkDecision {

    record Signed(SignedLink link) implements UploadLinkDecision {}

    /** @param operation the right that counted: insert or update */
    record Refused(UploadDecision.Reason reason, String operation) implements UploadLinkDecision {}

    static UploadLinkDecision from(Readable row) {
        String outcome = Columns.required(row, "outcome", String.class);
        if (outcome.equals("signed")) {
            return new Signed(SignedLink.from(row));
        }
        String operation = row.get("operation", String.class);
        return new Refused(
                UploadDecision.Reason.valueOf(outcome.toUpperCase(Locale.ROOT)),
                operation == null ? "insert" : operation);
    }
}
