package io.aerodb.storage.gateway.http;

import java.time.Duration;

/**
 * Whether the other side of a connection keeps up a least rate, in each stretch of time that we spent waiting for it. Time in
 * which nobody waited does not count, so a side that is fast is never blamed for another one that is not. For one thread.
 */
final class LeastRate {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final long window;
    private final long bytesPerSecond;
    private long slack;
    private long moved;
    private long waited;

    /** @param bytesPerSecond 0 for any rate */
    LeastRate(Duration window, long bytesPerSecond) {
        this.window = window.toNanos();
        this.bytesPerSecond = bytesPerSecond;
    }

    void moved(long bytes) {
        moved += bytes;
    }

    /** So many bytes may be on their way without being told of yet. */
    void tellsInPiecesOf(long bytes) {
        slack = Math.max(slack, bytes);
    }

    /** Adds time spent waiting; whether a stretch of it is over that brought too little. */
    boolean isTooSlowAfter(long nanos) {
        waited += nanos;
        if (bytesPerSecond == 0 || waited < window + slack * SECOND / bytesPerSecond) {
            return false;
        }
        boolean slow = moved < (double) bytesPerSecond * window / SECOND;
        reset();
        return slow;
    }

    void reset() {
        moved = 0;
        waited = 0;
    }
}
