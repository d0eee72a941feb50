package io.aerodb.storage.bench;

/**
 * Rounds that are not counted, until the server's JVM has had next to nothing to compile in two of them, as it compiles in fits. A
 * server that compiled nothing at all, like one that is no JVM, is warm after the first.
 *
 * @param seconds of the first round
 * @param limit seconds of all rounds together; the last one may take longer, as it ends with its last answer
 */
record WarmUp(int seconds, int limit) {

    /** Processors that compile, at most, where a server is warm. */
    private static final double LITTLE = 0.05;

    private static final int STEP_SECONDS = 5;
    private static final int WARM_STEPS = 2;

    /** Whether the server was warm before the limit was reached. */
    boolean run(Runner rounds) throws Exception {
        Round round = rounds.round(seconds);
        double spent = round.seconds();
        int warm = warm(round) ? 1 : 0;
        while (warm < WARM_STEPS && compiled(round) && spent < limit) {
            round = rounds.round(Math.min(STEP_SECONDS, limit - spent));
            spent += round.seconds();
            warm = warm(round) ? warm + 1 : 0;
        }
        return warm == WARM_STEPS || warm > 0 && !compiled(round);
    }

    private static boolean warm(Round round) {
        return !(Metric.COMPILERS.of(round) > LITTLE); // NaN is nothing that could be awaited
    }

    private static boolean compiled(Round round) {
        return Metric.COMPILERS.of(round) > 0;
    }
}
