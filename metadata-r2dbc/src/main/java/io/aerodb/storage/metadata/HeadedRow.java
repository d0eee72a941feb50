package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A row of an answer of many: the first one is a header and has the outcome, each further one has an entry. */
record HeadedRow<T>(@Nullable String outcome, @Nullable T entry) {

    static <T> HeadedRow<T> from(Readable row, Function<Readable, T> entry) {
        String outcome = row.get("outcome", String.class);
        return outcome == null ? new HeadedRow<>(null, entry.apply(row)) : new HeadedRow<>(outcome, null);
    }

    /** @param success the outcome that comes with entries */
    static <T> Answer<List<T>> answer(List<HeadedRow<T>> rows, String success) {
        String outcome = Objects.requireNonNull(rows.get(0).outcome());
        return outcome.equals(success)
                ? new Answer.Given<>(rows.stream()
                        .flatMap(row -> Stream.ofNullable(row.entry()))
                        .toList())
                : new Answer.NotGiven<>(Absence.named(outcome));
    }
}
