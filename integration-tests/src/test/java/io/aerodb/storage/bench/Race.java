package io.aerodb.storage.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The rounds of one line: all contestants in turn, over and over. Who fails is left out from then on. */
final class Race implements AutoCloseable {

    private static final int SYNC_SECONDS = 300;

    private record Entrant(Contestant contestant, Runner runner) {}

    private final Options options;
    private final int visit;
    private final Line line;
    private final Results results;
    private final Notes notes;
    private final List<Entrant> entrants = new ArrayList<>();
    private boolean complete = true;

    Race(Options options, int visit, Line line, Results results, Notes notes) {
        this.options = options;
        this.visit = visit;
        this.line = line;
        this.results = results;
        this.notes = notes;
    }

    /** Whether all came to the end. The first pass warms up and isn't counted. */
    boolean run(List<Contestant> contestants) {
        contestants.forEach(this::enter);
        for (int pass = 0; pass <= options.rounds; pass++) {
            for (Entrant entrant : List.copyOf(entrants)) {
                attempt(pass, entrant);
            }
        }
        return complete;
    }

    @Override
    public void close() {
        entrants.forEach(entrant -> entrant.runner().close());
    }

    private void enter(Contestant contestant) {
        try {
            entrants.add(new Entrant(contestant, line.runner(contestant)));
        } catch (Exception failure) {
            failed(contestant, failure);
        }
    }

    private void attempt(int pass, Entrant entrant) {
        try {
            if (pass == 0) {
                warmUp(entrant);
            } else {
                count(pass, entrant);
            }
        } catch (Exception failure) {
            failed(entrant.contestant(), failure);
            entrants.remove(entrant);
            entrant.runner().close();
        }
    }

    private void warmUp(Entrant entrant) throws Exception {
        boolean warm = new WarmUp(options.warmUpSeconds, options.warmUpLimitSeconds)
                .run(seconds -> round("warm-up", entrant, 0, seconds));
        if (!warm) {
            notes.add("%s: %s still compiled at the end of its warm-up."
                    .formatted(line, entrant.contestant().name()));
        }
    }

    private void count(int pass, Entrant entrant) throws Exception {
        Round round = round("round " + pass, entrant, options.quietSeconds, options.seconds);
        results.add(entrant.contestant(), visit, round);
    }

    private Round round(String what, Entrant entrant, int quietSeconds, double seconds) throws Exception {
        Contestant contestant = entrant.contestant();
        if (line.large()) {
            sync();
        }
        Round round = new Quiet(quietSeconds)
                .round(contestant.target().processes(), () -> entrant.runner().round(seconds));
        System.err.println(progress(contestant, what, round));
        if (round.failed() > 0) {
            notes.add("%s: some requests to %s failed.".formatted(line, contestant.name()));
        }
        return round;
    }

    private void failed(Contestant contestant, Exception failure) {
        complete = false;
        notes.add("%s: %s could not be measured: %s".formatted(line, contestant.name(), failure));
    }

    /** So that nobody pays for what another has left to be written. */
    private void sync() throws IOException, InterruptedException {
        Process sync = new ProcessBuilder("sync", "-f", options.output.toString()).start();
        if (!sync.waitFor(SYNC_SECONDS, TimeUnit.SECONDS)) {
            sync.destroyForcibly();
        }
    }

    private static String progress(Contestant contestant, String pass, Round round) {
        return "%-8s %s, %s: %s requests/s, p99 %s ms, compiler CPU %s, others' CPU %s"
                .formatted(
                        pass,
                        round.line(),
                        contestant.name(),
                        Metric.text(Metric.REQUESTS.of(round)),
                        Metric.text(Metric.P99.of(round)),
                        Metric.text(Metric.COMPILERS.of(round)),
                        Metric.text(Metric.OTHERS.of(round)));
    }
}
