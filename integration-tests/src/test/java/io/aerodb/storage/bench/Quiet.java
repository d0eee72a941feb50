package io.aerodb.storage.bench;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Rounds on a machine that others use too: begun after a quiet second, and run again when others ran beside them. */
final class Quiet {

    /** Processors that others may keep busy. */
    private static final double LITTLE = 0.15;

    private final long patience;

    /** @param seconds how long to insist on quiet for one round; 0 to run it whatever else runs */
    Quiet(int seconds) {
        patience = TimeUnit.SECONDS.toNanos(seconds);
    }

    /** The first quiet round, or the one at hand when the patience ends. */
    Round round(Processes server, Callable<Round> rounds) throws Exception {
        long deadline = System.nanoTime() + patience;
        await(server, deadline);
        Round round = rounds.call();
        while (Metric.OTHERS.of(round) > LITTLE && System.nanoTime() < deadline) {
            await(server, deadline);
            round = rounds.call();
        }
        return round;
    }

    private static void await(Processes server, long deadline) throws IOException, InterruptedException {
        while (System.nanoTime() < deadline && others(server) > LITTLE) {
            // until a second is quiet
        }
    }

    private static double others(Processes server) throws IOException, InterruptedException {
        CpuSeconds before = CpuSeconds.now(server);
        Thread.sleep(1000);
        return CpuSeconds.now(server).since(before).others();
    }
}
