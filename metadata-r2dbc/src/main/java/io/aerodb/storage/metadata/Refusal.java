package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why an operation touched nothing, as far as the caller may know.
 *
 * @param policy which kind of policy denied: that of the bucket by its word, or {@code operator}; null for unknown
 */
public record Refusal(Absence absence, @Nullable String policy) {

    /** By a policy of a kind that is not known. */
    public static Refusal of(Absence absence) {
        return new Refusal(absence, null);
    }

    /** Empty when the outcome is this one, which touched something. */
    static Optional<Refusal> unless(Readable row, String done) {
        return Absence.unless(row, done).map(absence -> new Refusal(absence, row.get("policy", String.class)));
    }
}
