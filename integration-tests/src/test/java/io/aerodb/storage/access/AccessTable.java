package io.aerodb.storage.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The expectations, read from a table that people can read too. */
record AccessTable(List<Row> rows) {

    private static final String HEADING = "operation";

    /**
     * One operation of one row of the table.
     *
     * @param expected what each caller is answered, in the order of {@link Caller}
     */
    record Row(String operation, String policy, String object, List<String> expected) {

        boolean inNoBucket() {
            return policy.equals("no bucket");
        }

        @Override
        public String toString() {
            return "%s, %s, %s".formatted(operation, policy, object);
        }
    }

    static AccessTable read(String resource) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(AccessTable.class.getResourceAsStream(resource)), StandardCharsets.UTF_8))) {
            return new AccessTable(lines.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(AccessTable::cells)
                    .filter(cells -> !cells.get(0).equals(HEADING))
                    .flatMap(AccessTable::rowsOf)
                    .toList());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A test for each row. @param outcome what a caller is answered to the row's operation, in the table's words */
    Stream<DynamicTest> tests(BiFunction<Row, Caller, String> outcome) {
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> holds(row, outcome)));
    }

    private static void holds(Row row, BiFunction<Row, Caller, String> outcome) {
        List<String> answers = Arrays.stream(Caller.values())
                .map(caller -> outcome.apply(row, caller))
                .toList();
        assertThat(answers).as("%s, for %s", row, List.of(Caller.values())).isEqualTo(row.expected());
    }

    private static Stream<Row> rowsOf(List<String> cells) {
        if (cells.size() != 3 + Caller.values().length) {
            throw new IllegalArgumentException("not a row of this table: " + cells);
        }
        return Arrays.stream(cells.get(0).split(" "))
                .map(operation -> new Row(operation, cells.get(1), cells.get(2), cells.subList(3, cells.size())));
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split("\\|")).map(String::strip).toList();
    }
}
