package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.Locale;

/** The database's answer to a download by a signed URL. */
public sealed interface LinkedObject {

    record Found(FoundObject object) implements LinkedObject {}

    record NotFound(Reason reason) implements LinkedObject {}

    /** Why there is nothing to download. */
    enum Reason {
        /** Nothing has the path now. */
        MISSING,
        /** The bucket that the link was signed for is gone. */
        NO_BUCKET,
        /** The link was revoked. */
        REVOKED,
        /** The link was used as often as it may be. */
        USED
    }

    static LinkedObject from(Readable row) {
        String outcome = Columns.required(row, "outcome", String.class);
        return outcome.equals("found")
                ? new Found(FoundObject.from(row))
                : new NotFound(Reason.valueOf(outcome.toUpperCase(Locale.ROOT)));
    }
}
