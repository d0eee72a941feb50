package io.aerodb.storage.bench;

/** What the requests of a line are, for one contestant. */
@FunctionalInterface
interface Work {

    /** Makes it, and whatever it needs that is not made yet. */
    @FunctionalInterface
    interface Maker {
        Work of(Contestant contestant, Line line) throws Exception;
    }

    /** By any thread. Numbers begin anew in each round; null when there is nothing left to do. */
    Request next(long number);

    /** Before a round; not measured. */
    default void begin() throws Exception {}

    /** After a round of so many requests; not measured. */
    default void end(long count) throws Exception {}

    /** What {@link Round#kibEach} is when the server had so many resident bytes at most. */
    default double kibEach(long resident) {
        return Double.NaN;
    }
}
