package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The counted rounds of all contestants, in the order they were run in. */
final class Results {

    /** A round and whose it is. */
    record Entry(String contestant, Role role, int visit, Round round) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(Contestant contestant, int visit, Round round) {
        add(new Entry(contestant.name(), contestant.role(), visit, round));
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    List<Entry> entries() {
        return entries;
    }

    /** By name, in the order in which they ran. */
    List<String> contestants(Line line) {
        return entries.stream()
                .filter(entry -> entry.round().line() == line)
                .map(Entry::contestant)
                .distinct()
                .toList();
    }

    /** Of a role; there may be two of the gateway. */
    Optional<String> contestant(Line line, Role role) {
        return entries.stream()
                .filter(entry -> entry.round().line() == line && entry.role() == role)
                .map(Entry::contestant)
                .findFirst();
    }

    List<Round> rounds(String contestant, Line line) {
        return entries.stream()
                .filter(entry ->
                        entry.contestant().equals(contestant) && entry.round().line() == line)
                .map(Entry::round)
                .toList();
    }

    Spread spread(String contestant, Line line, Metric metric) {
        return Spread.of(values(contestant, line, metric));
    }

    /** The other by the base, pair by pair: each round of one with the round of the other that belongs to it. */
    Spread ratio(String base, String other, Line line, Metric metric) {
        return ratio(values(base, line, metric), values(other, line, metric));
    }

    /** One line by another, of the same contestant. */
    Spread ratio(String contestant, Line base, Line other, Metric metric) {
        return ratio(values(contestant, base, metric), values(contestant, other, metric));
    }

    private static Spread ratio(List<Double> base, List<Double> other) {
        return Spread.of(IntStream.range(0, Math.min(base.size(), other.size()))
                .mapToObj(pair -> other.get(pair) / base.get(pair))
                .toList());
    }

    private List<Double> values(String contestant, Line line, Metric metric) {
        return rounds(contestant, line).stream().map(metric::of).toList();
    }
}
