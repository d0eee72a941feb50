package io.aerodb.storage.backend.work;

import java.util.concurrent.atomic.AtomicInteger;

/** A step that is done on the blob threads after each signal, never twice at once; signals that come meanwhile are one. */
final class SerialWork {

    private final BlobThreads threads;
    private final Runnable step;
    private final AtomicInteger signals = new AtomicInteger();

    /** @param step must not throw, and finds out by itself what there is to do */
    SerialWork(BlobThreads threads, Runnable step) {
        this.threads = threads;
        this.step = step;
    }

    /** Any thread; does not wait. Only for a call that the threads have admitted. */
    void signal() {
        if (signals.getAndIncrement() == 0) {
            threads.execute(this::run);
        }
    }

    /** Whether a step is being done, or waits for a thread. */
    boolean pending() {
        return signals.get() != 0;
    }

    private void run() {
        int seen = signals.get();
        step.run();
        if (signals.addAndGet(-seen) != 0) {
            threads.execute(this::run);
        }
    }
}
