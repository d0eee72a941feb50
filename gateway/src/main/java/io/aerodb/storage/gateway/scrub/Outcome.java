package io.aerodb.storage.gateway.scrub;

import java.util.Locale;

/** How the bytes of a blob were found. */
enum Outcome {
    VERIFIED,
    MISSING,
    /** Fewer bytes than stored, or more. */
    TRUNCATED,
    /** Other bytes than stored. */
    CHECKSUM,
    /** It can't be told, while the backend as a whole works. */
    UNREADABLE;

    boolean isDamage() {
        return this == MISSING || this == TRUNCATED || this == CHECKSUM;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
