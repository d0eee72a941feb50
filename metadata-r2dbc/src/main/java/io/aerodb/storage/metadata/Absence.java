package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.Locale;
import java.util.Optional;

/** Why an operation touched nothing, as far as the caller may know. */
public enum Absence {
    /** The caller may see the whole bucket, and the object is not in it. */
    MISSING,
    /** Not permitted, or hidden: which of them is not told. */
    DENIED,
    /** There is no such bucket. */
    NO_BUCKET;

    /** Empty when the outcome is this one, which touched something. */
    static Optional<Absence> unless(Readable row, String done) {
        String outcome = Columns.required(row, "outcome", String.class);
        return outcome.equals(done) ? Optional.empty() : Optional.of(named(outcome));
    }

    static Absence named(String outcome) {
        return valueOf(outcome.toUpperCase(Locale.ROOT));
    }
}
