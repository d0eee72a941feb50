package io.aerodb.storage.backend.observed;

import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Measures one call, once. For several threads. */
final class Stopwatch {

    private static final long IDLE = Long.MIN_VALUE;

    private final Timer timer;
    private final AtomicLong since = new AtomicLong(IDLE);

    private Stopwatch(Timer timer) {
        this.timer = timer;
    }

    static Stopwatch idle(Timer timer) {
        return new Stopwatch(timer);
    }

    static Stopwatch started(Timer timer) {
        Stopwatch watch = idle(timer);
        watch.start();
        return watch;
    }

    void start() {
        since.set(System.nanoTime());
    }

    /** Without effect when it does not run. */
    void stop() {
        long start = since.getAndSet(IDLE);
        if (start != IDLE) {
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }
}
