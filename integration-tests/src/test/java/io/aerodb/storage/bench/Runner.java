package io.aerodb.storage.bench;

/** Runs the rounds of a line against one target. */
@FunctionalInterface
interface Runner extends AutoCloseable {

    Round round(double seconds) throws Exception;

    /** Removes what it left on the disk. */
    @Override
    default void close() {}
}
