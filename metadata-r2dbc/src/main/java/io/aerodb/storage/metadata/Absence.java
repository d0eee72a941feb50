package io.aerodb.storage.metadata;

import java.util.Locale;

/** Why an operation touched nothing, as far as the caller may know. */
public enum Absence {
    /** The caller may see the whole bucket, and the object is not in it. */
    MISSING,
    /** Not permitted, or hidden: which of them is not told. */
    DENIED,
    /** There is no such bucket. */
    NO_BUCKET;

    static Absence named(String outcome) {
        return valueOf(outcome.toUpperCase(Locale.ROOT));
    }
}
