package io.aerodb.storage.gateway.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * So many lines in each stretch of time. What is beyond them is counted and told with the next line, so that a flood of
 * requests is none of lines.
 */
final class LogLimit {

    private final int most;
    private final long stretch;
    private final LongSupplier nanos;
    private final AtomicLong dropped = new AtomicLong();
    private long begun;
    private int written;

    /** @param nanos a clock like {@link System#nanoTime()} */
    LogLimit(int most, Duration stretch, LongSupplier nanos) {
        this.most = most;
        this.stretch = stretch.toNanos();
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
    }

    /** Whether this line is written; if not, it is counted. */
    boolean permits() {
        boolean permitted = permitted();
        if (!permitted) {
            dropped.incrementAndGet();
        }
        return permitted;
    }

    /** Lines that were not written since this was last asked. */
    long dropped() {
        return dropped.getAndSet(0);
    }

    private synchronized boolean permitted() {
        long now = nanos.getAsLong();
        if (now - begun >= stretch) {
            begun = now;
            written = 0;
        }
        return written++ < most;
    }
}
