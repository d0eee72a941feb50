package io.aerodb.storage.metadata;

import java.util.Locale;

/** Who may create buckets, beside what operators' own policies permit. The service always may. */
public enum BucketCreation {
    AUTHENTICATED,
    SERVICE_ROLE;

    /** The word used in the database. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
