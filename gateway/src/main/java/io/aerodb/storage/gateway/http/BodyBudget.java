package io.aerodb.storage.gateway.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.unit.DataSize;

/**
 * Bytes of heap for what is collected of the bodies of all requests together, JSON and form fields: else clients that send
 * much and never end it would take all of it. The first {@value #FREE} bytes of a request are not counted, so that small
 * requests are served when the budget is spent.
 */
public final class BodyBudget {

    static final int FREE = 2048;
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final long bound;
    private final AtomicLong taken = new AtomicLong();

    public BodyBudget(DataSize bound) {
        this.bound = bound.toBytes();
    }

    /** What one request takes; nothing yet. Whoever asked for it closes it. */
    public Lease lease() {
        return new Lease();
    }

    /** Bytes that are taken now. */
    long taken() {
        return taken.get();
    }

    private void take(long bytes) {
        if (taken.addAndGet(bytes) > bound) {
            taken.addAndGet(-bytes);
            throw ErrorCode.SERVICE_UNAVAILABLE
                    .because("Too many request bodies are being received, try again later")
                    .retryAfter(RETRY);
        }
    }

    /** One request's share. For several threads, as cancellation comes from another one. */
    public final class Lease implements AutoCloseable {

        private long held;
        private boolean closed;

        private Lease() {}

        /**
         * Takes so many bytes more; nothing when it is closed, as then nobody keeps them.
         *
         * @throws StorageError ServiceUnavailable when the budget is spent; then nothing more is taken
         */
        synchronized void take(int bytes) {
            if (!closed) {
                BodyBudget.this.take(counted(held + bytes) - counted(held));
                held += bytes;
            }
        }

        /** Gives everything back, once. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                taken.addAndGet(-counted(held));
            }
        }

        private static long counted(long bytes) {
            return Math.max(0, bytes - FREE);
        }
    }
}
