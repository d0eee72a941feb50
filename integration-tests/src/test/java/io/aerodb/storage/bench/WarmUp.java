package io.aerodb.storage.bench;

/**
 * Rounds that are not counted, until the server's JVM has next to nothing left to compile. A server that is none is warm after the first.
 *
 * @param seconds of the first round
 * @param limit seconds of all rounds together; the last one may take longer, as it ends with its last answer
 */
record WarmUp(int seconds, int limit) {

    /** Processors that compile, at most, where a server is warm. */
    static final double LITTLE = 0.05;

    private static final int STEP_SECONDS = 5;

    /** The last of the rounds. */
    Round run(Runner rounds) throws Exception {
        Round round = rounds.round(seconds);
        double spent = round.seconds();
        while (!warm(round) && spent < limit) {
            round = rounds.round(Math.min(STEP_SECONDS, limit - spent));
            spent += round.seconds();
        }
        return round;
    }

    /** Whether a round was hardly disturbed by the compiler. */
    static boolean warm(Round round) {
        return !(Metric.COMPILERS.of(round) > LITTLE); // NaN is nothing that could be awaited
    }
}
