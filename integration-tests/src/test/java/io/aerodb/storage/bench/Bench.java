package io.aerodb.storage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** {@code ./run bench}: measures the packaged gateway and baselines beside it, in turn (A B A B). */
final class Bench {

    private final Options options;
    private final String name = "bench-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    private final Results results = new Results();
    private final Notes notes = new Notes();

    Bench(Options options) {
        this.options = options;
    }

    public static void main(String... arguments) throws Exception {
        try {
            Options options = new Options(arguments);
            if (options.listing) {
                options.lines().forEach(line -> System.out.printf("%-12s %s%n", line.group(), line));
                return;
            }
            System.exit(new Bench(options).run() ? 0 : 1);
        } catch (Options.Misused misused) {
            System.err.println(misused.getMessage() + "\nTry: ./run bench --help");
            System.exit(2);
        }
    }

    /** Whether all lines could be measured. */
    boolean run() throws Exception {
        Machine machine = Machine.here(Files.createDirectories(options.output));
        Processors client = options.clientProcessors.orElse(Processors.ofClient());
        Processors servers = options.serverProcessors.orElse(Processors.ofServers());
        client.pinThisProcess();
        notes.add("Servers on %s, client on %s.".formatted(servers, client));
        boolean complete = true;
        try (Setup setup = new Setup(options.output, servers, certificates(), options.objects, new Leftovers())) {
            Runtime.getRuntime().addShutdownHook(new Thread(setup::close)); // should the benchmark be interrupted
            for (int visit = 1; visit <= options.visits; visit++) {
                complete &= visited(visit, setup, machine);
            }
        }
        System.out.println(new MarkdownReport(report(machine)));
        System.err.println("Written: " + options.output.resolve(name) + ".md, .json and .html");
        return complete;
    }

    private boolean visited(int visit, Setup setup, Machine machine) throws Exception {
        boolean complete = true;
        try (Contestants contestants = Contestants.start(options, setup, notes)) {
            for (Line line : options.lines()) {
                try (Race race = new Race(options, visit, line, results, notes)) {
                    complete &= race.run(contestants.of(line));
                }
                write(report(machine)); // after each line, should the benchmark be interrupted
            }
        }
        return complete;
    }

    private Optional<Certificates> certificates() throws Exception {
        boolean needed = options.lines().stream().anyMatch(line -> line.protocol() != Protocol.PLAIN);
        return needed
                ? Optional.of(Certificates.in(Files.createTempDirectory(options.output, "certificate-")))
                : Optional.empty();
    }

    private Report report(Machine machine) {
        return new Report(machine, options, results, notes.all());
    }

    private void write(Report report) throws IOException {
        Files.writeString(options.output.resolve(name + ".md"), new MarkdownReport(report).toString());
        Files.writeString(options.output.resolve(name + ".json"), new JsonReport(report).toString());
        Files.writeString(options.output.resolve(name + ".html"), new HtmlReport(report).toString());
    }
}
