package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** @param leading how many columns are text; the others are figures */
record Table(String title, int leading, List<String> header, List<List<String>> rows) {

    static final String NOTHING = "–";

    /** Without the columns in which nothing stands. */
    Table compact() {
        int[] kept = IntStream.range(0, header.size())
                .filter(column -> column < leading
                        || rows.stream().anyMatch(row -> !row.get(column).equals(NOTHING)))
                .toArray();
        return new Table(
                title,
                leading,
                cells(header, kept),
                rows.stream().map(row -> cells(row, kept)).toList());
    }

    String markdown() {
        List<String> lines = new ArrayList<>();
        lines.add(line(header));
        lines.add(line(IntStream.range(0, header.size())
                .mapToObj(column -> column < leading ? "---" : "---:")
                .toList()));
        rows.forEach(row -> lines.add(line(row)));
        return String.join("\n", lines);
    }

    private static List<String> cells(List<String> row, int... columns) {
        return IntStream.of(columns).mapToObj(row::get).toList();
    }

    private static String line(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }
}
