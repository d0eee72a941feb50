package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** {@code ./run bench}: measures the packaged gateway, or two variants of it in turn (A B A B). */
final class Bench {

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
            for (Variant variant : options.variants) {
                visit(variant, visit);
            }
        }
        write(machine);
    }

    /** The first pass through the lines warms the server up and isn't counted. */
    private void visit(Variant variant, int visit) throws Exception {
        try (Server server = Server.start(variant, options.output)) {
            ClosedLoop client = new ClosedLoop(server);
            client.prepare(options.lines());
            for (int pass = 0; pass <= options.rounds; pass++) {
                for (Line line : options.lines()) {
                    Round round = client.round(line, options.seconds);
                    System.err.println(progress(variant, visit, pass, round));
                    if (pass > 0) {
                        results.add(variant, visit, round);
                    }
                }
            }
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
