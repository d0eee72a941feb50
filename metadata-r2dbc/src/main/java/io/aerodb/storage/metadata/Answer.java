package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.function.Function;

/** What an operation answers: a value, or why it touched nothing. */
public sealed interface Answer<T> {

    record Given<T>(T value) implements Answer<T> {}

    record NotGiven<T>(Absence absence) implements Answer<T> {}

    /** @param success the outcome that comes with a value */
    static <T> Answer<T> from(Readable row, String success, Function<Readable, T> value) {
        String outcome = Columns.required(row, "outcome", String.class);
        return outcome.equals(success) ? new Given<>(value.apply(row)) : new NotGiven<>(Absence.named(outcome));
    }
}
