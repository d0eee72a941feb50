package io.aerodb.storage.metadata;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Which built-in rules hold in a bucket; the rules themselves stand in the database's row-security policies. */
public enum BucketPolicy {
    PUBLIC,
    AUTHENTICATED,
    PRIVATE,
    PERSONAL;

    /** The word used in the API and in the database. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<BucketPolicy> named(String word) {
        return Arrays.stream(values())
                .filter(policy -> policy.word().equals(word))
                .findFirst();
    }
}
