package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The counted rounds of all variants, in the order they were run in. */
final class Results {

    /** A round and whose it is. */
    record Entry(Variant variant, int visit, Round round) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(Variant variant, int visit, Round round) {
        entries.add(new Entry(variant, visit, round));
    }

    List<Entry> entries() {
        return entries;
    }

    Spread spread(Variant variant, Line line, Metric metric) {
        return Spread.of(values(variant, line, metric));
    }

    /** The second by the first, pair by pair: each round of one with the same round of the other's visit in turn. */
    Spread ratio(Variant first, Variant second, Line line, Metric metric) {
        List<Double> base = values(first, line, metric);
        List<Double> other = values(second, line, metric);
        return Spread.of(IntStream.range(0, base.size())
                .mapToObj(pair -> other.get(pair) / base.get(pair))
                .toList());
    }

    private List<Double> values(Variant variant, Line line, Metric metric) {
        return entries.stream()
                .filter(entry ->
                        entry.variant() == variant && entry.round().line().equals(line))
                .map(entry -> metric.of(entry.round()))
                .toList();
    }
}
