package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** {@code ./run bench}: measures the packaged gateway, or two variants of it in turn (A B A B). */
final class Bench {

    /** How much longer than a counted round, for the JVM compiles what it runs often. */
    private static final int WARM_UP = 3;

    private final Options options;
    private final Results results = new Results();

    private Bench(Options options) {
        this.options = options;
    }

    public static void main(String... arguments) throws Exception {
        try {
            new Bench(new Options(arguments)).run();
        } catch (Options.Misused misused) {
            System.err.println(misused.getMessage() + "\nTry: ./run bench --help");
            System.exit(2);
        }
    }

    private void run() throws Exception {
        Machine machine = Machine.here(Files.createDirectories(options.output));
        for (int visit = 1; visit <= options.visits(); visit++) {
            visit(visit);
        }
        write(machine);
    }

    private void visit(int visit) throws Exception {
        List<Contestant> contestants = new ArrayList<>();
        try {
            for (Variant variant : options.variants) {
                contestants.add(Contestant.start(variant, options));
            }
            passes(visit, contestants);
        } finally {
            contestants.forEach(Contestant::close);
        }
    }

    /** The first pass through the lines warms the servers up and isn't counted. */
    private void passes(int visit, List<Contestant> contestants) throws Exception {
        for (int pass = 0; pass <= options.rounds; pass++) {
            for (Line line : options.lines()) {
                for (Contestant contestant : contestants) {
                    round(visit, pass, line, contestant);
                }
            }
        }
    }

    private void round(int visit, int pass, Line line, Contestant contestant) throws Exception {
        boolean warmUp = pass == 0;
        Quiet quiet = new Quiet(warmUp ? 0 : options.quietSeconds);
        int seconds = warmUp ? WARM_UP * options.seconds : options.seconds;
        Round round = quiet.round(
                contestant.server().process(), () -> contestant.client().round(line, seconds));
        System.err.println(progress(contestant.variant(), visit, pass, round));
        if (!warmUp) {
            results.add(contestant.variant(), visit, round);
        }
    }

    private static String progress(Variant variant, int visit, int pass, Round round) {
        return "%s%d %s %s: %s requests/s, p99 %s ms, others' CPU %s"
                .formatted(
                        variant.name(),
                        visit,
                        pass == 0 ? "warm-up" : "round " + pass,
                        round.line(),
                        Metric.text(Metric.REQUESTS.of(round)),
                        Metric.text(Metric.P99.of(round)),
                        Metric.text(Metric.OTHERS.of(round)));
    }

    private void write(Machine machine) throws IOException {
        String report = new MarkdownReport(machine, options, results).toString();
        String name = "bench-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
        Path markdown = Files.writeString(options.output.resolve(name + ".md"), report);
        Files.writeString(options.output.resolve(name + ".json"), new JsonReport(machine, options, results).toString());
        System.out.println(report);
        System.err.println("Written: " + markdown + " and .json beside it");
    }
}
