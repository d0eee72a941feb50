package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tables to read: for each variant the median of each metric with smallest and largest, and the ratios of two variants. */
record MarkdownReport(Machine machine, Options options, Results results) {

    private static final List<Metric> COMPARED = List.of(
            Metric.REQUESTS, Metric.P50, Metric.P99, Metric.GATEWAY_PER_1000, Metric.GATEWAY_PER_GIB, Metric.RESIDENT);

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parts.add(machine.toString());
        parts.add("Medians of %d rounds, smallest–largest in brackets.".formatted(options.visits() * options.rounds));
        for (Variant variant : options.variants) {
            parts.add(title(variant));
            parts.addAll(tables(List.of(Metric.values()), (line, metric) -> results.spread(variant, line, metric)));
        }
        if (options.variants.size() == 2) {
            parts.add("B by A, pair by pair:");
            parts.addAll(tables(COMPARED, this::ratio));
        }
        return String.join("\n\n", parts) + "\n";
    }

    private Spread ratio(Line line, Metric metric) {
        return results.ratio(options.variants.get(0), options.variants.get(1), line, metric);
    }

    private static String title(Variant variant) {
        String changes = Stream.of(variant.jvmOptions(), variant.settings())
                .flatMap(List::stream)
                .map("`%s`"::formatted)
                .collect(Collectors.joining(", "));
        return "%s: %s".formatted(variant.name(), changes.isEmpty() ? "as `./run` starts it" : changes);
    }

    /** One for the small files and one for the large, for they have other columns. */
    private List<String> tables(List<Metric> metrics, BiFunction<Line, Metric, Spread> cell) {
        return options.lines().stream().collect(Collectors.partitioningBy(Line::large)).values().stream()
                .filter(lines -> !lines.isEmpty())
                .map(lines -> table(lines, metrics, cell))
                .toList();
    }

    private static String table(List<Line> lines, List<Metric> metrics, BiFunction<Line, Metric, Spread> cell) {
        List<Metric> columns =
                metrics.stream().filter(metric -> metric.suits(lines.get(0))).toList();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("", columns, metric -> metric.title));
        rows.add(row("---", columns, metric -> "---:"));
        lines.forEach(line -> rows.add(
                row(line.toString(), columns, metric -> cell.apply(line, metric).toString())));
        return rows.stream().map(MarkdownReport::joined).collect(Collectors.joining("\n"));
    }

    private static List<String> row(
            String first, List<Metric> columns, java.util.function.Function<Metric, String> cell) {
        return Stream.concat(Stream.of(first), columns.stream().map(cell)).toList();
    }

    private static String joined(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
    }
}
