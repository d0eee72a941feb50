package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What all reports tell. */
record Report(Machine machine, Options options, Results results, List<String> notes) {

    private static final List<Role> COMPARED = List.of(Role.NGINX, Role.S3PROXY, Role.PEER);

    /** One of the bars, and for each group one of its closed loops and one of its open ones. */
    List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        tables.add(bars());
        for (Group group : Group.values()) {
            tables.add(table(group, false));
            tables.add(table(group, true));
        }
        return tables.stream()
                .filter(table -> !table.rows().isEmpty())
                .map(Table::compact)
                .toList();
    }

    List<Line> lines() {
        return results.entries().stream()
                .map(entry -> entry.round().line())
                .distinct()
                .toList();
    }

    List<Verdict> verdicts() {
        return lines().stream()
                .flatMap(line -> line.bars().stream().map(bar -> verdict(line, bar)))
                .toList();
    }

    private Verdict verdict(Line line, Bar bar) {
        String contestant = results.contestant(line, bar.role()).orElse(bar.role().title);
        return new Verdict(line, contestant, bar, figure(line, bar, contestant));
    }

    private Spread figure(Line line, Bar bar, String contestant) {
        if (bar.baseline().isPresent()) {
            String baseline = results.contestant(line, bar.baseline().get()).orElse("");
            return results.ratio(baseline, contestant, line, bar.metric());
        }
        if (bar.other().isPresent()) {
            return lines().stream()
                    .filter(other -> other.name().equals(bar.other().get()))
                    .findFirst()
                    .map(other -> results.ratio(contestant, other, line, bar.metric()))
                    .orElse(Spread.of(List.of()));
        }
        return results.spread(contestant, line, bar.metric());
    }

    private Table bars() {
        List<List<String>> rows = verdicts().stream()
                .map(verdict -> List.of(
                        verdict.line().name(),
                        verdict.contestant(),
                        verdict.bar().toString(),
                        verdict.figure().toString(),
                        verdict.met()))
                .toList();
        return new Table("Bars", 3, List.of("line", "who", "bar", "figure", "met?"), rows);
    }

    private Table table(Group group, boolean open) {
        List<String> header = new ArrayList<>(List.of("line", "who"));
        Stream.of(Metric.values()).forEach(metric -> header.add(metric.title));
        COMPARED.forEach(role -> header.add((open ? "p99 × " : "speed × ") + role.title));
        header.add("bar");
        List<List<String>> rows = lines().stream()
                .filter(line -> line.group() == group && line.open() == open)
                .flatMap(line -> results.contestants(line).stream().map(who -> row(line, who)))
                .toList();
        String title = group.name().toLowerCase(Locale.ROOT) + (open ? ", at a constant rate" : "");
        return new Table(title, 2, header, rows);
    }

    private List<String> row(Line line, String who) {
        List<String> cells = new ArrayList<>(List.of(line.name(), who));
        for (Metric metric : Metric.values()) {
            cells.add(metric.suits(line) ? cell(results.spread(who, line, metric), metric) : Table.NOTHING);
        }
        COMPARED.forEach(role -> cells.add(ratio(line, who, role)));
        List<String> verdicts = verdicts().stream()
                .filter(verdict ->
                        verdict.line() == line && verdict.contestant().equals(who))
                .map(verdict -> verdict.bar() + ": " + verdict.met())
                .toList();
        cells.add(verdicts.isEmpty() ? Table.NOTHING : String.join("; ", verdicts));
        return cells;
    }

    private static String cell(Spread spread, Metric metric) {
        boolean none = metric == Metric.FAILED && spread.max() == 0;
        return none ? Table.NOTHING : spread.toString();
    }

    private String ratio(Line line, String who, Role role) {
        String baseline = results.contestant(line, role).orElse("");
        return who.equals(baseline)
                ? Table.NOTHING
                : results.ratio(baseline, who, line, line.compared()).toString();
    }
}
