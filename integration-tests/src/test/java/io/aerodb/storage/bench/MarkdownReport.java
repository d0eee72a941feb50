package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tables to read. */
record MarkdownReport(Report report) {

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>(introduction(report));
        for (Table table : report.tables()) {
            parts.add("### " + table.title());
            parts.add(table.markdown());
        }
        return String.join("\n\n", parts) + "\n";
    }

    /** Where, how and what, in sentences. */
    static List<String> introduction(Report report) {
        Options options = report.options();
        List<String> parts = new ArrayList<>();
        parts.add(report.machine().toString());
        parts.add("Medians of %d rounds, smallest–largest in brackets; ratios are pair by pair."
                .formatted(options.visits * options.rounds));
        options.variants.forEach(variant -> parts.add(described(variant)));
        parts.addAll(report.notes());
        return parts;
    }

    private static String described(Variant variant) {
        String changes = Stream.of(variant.jvmOptions(), variant.settings())
                .flatMap(List::stream)
                .map("`%s`"::formatted)
                .collect(Collectors.joining(", "));
        return "Gateway %s: %s.".formatted(variant.name(), changes.isEmpty() ? "as `./run` starts it" : changes);
    }
}
