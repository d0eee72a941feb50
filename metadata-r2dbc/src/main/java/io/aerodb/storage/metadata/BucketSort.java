package io.aerodb.storage.metadata;

import java.util.Locale;

/** What a list of buckets is ordered by. */
public enum BucketSort {
    NAME,
    ID,
    CREATED_AT,
    UPDATED_AT;

    /** The column, and the word in the API. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }
}
