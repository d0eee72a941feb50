package io.aerodb.storage.gateway.http;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/**
 * Bytes of heap for what is collected of the bodies of all requests together, JSON and form fields: else clients that send
 * much and never end it would take all of it. One caller gets a part of them, so that the others have some too. The first
 * {@value #FREE} bytes of a request are not counted, so that small requests are served when the budget is spent.
 */
public final class BodyBudget {

    static final int FREE = 2048;
    /** Callers who could together take all of it. */
    private static final int CALLERS = 4;

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Shares shares;

    /**
     * @param bound of all together
     * @param largest that one body may need; who sends one such body is not refused for what else is his
     */
    public BodyBudget(DataSize bound, DataSize largest, MeterRegistry meters) {
        long ofOne = Math.max(bound.toBytes() / CALLERS, largest.toBytes());
        this.shares = new Shares("body", bound.toBytes(), ofOne, meters);
    }

    /** What one request takes; nothing yet. Whoever asked for it closes it. */
    public Lease lease(Caller caller) {
        return new Lease(caller);
    }

    /** Bytes that are taken now. */
    long taken() {
        return shares.taken();
    }

    /** Callers that are known now. */
    int callers() {
        return shares.callers();
    }

    private void take(Caller caller, long bytes) {
        switch (shares.take(caller, bytes)) {
            case TAKEN -> {}
            case FULL ->
                throw ErrorCode.SERVICE_UNAVAILABLE
                        .because("Too many request bodies are being received, try again later")
                        .retryAfter(RETRY);
            case TOO_MANY ->
                throw ErrorCode.SLOW_DOWN
                        .because("Too many of your request bodies are being received, try again later")
                        .retryAfter(RETRY);
        }
    }

    /** One request's share. For several threads, as cancellation comes from another one. */
    public final class Lease implements AutoCloseable {

        private final Caller caller;
        private long held;
        private boolean closed;

        private Lease(Caller caller) {
            this.caller = caller;
        }

        /**
         * Takes so many bytes more; nothing when it is closed, as then nobody keeps them.
         *
         * @throws StorageError ServiceUnavailable when the budget is spent, SlowDown when the caller's part is; then nothing
         *     more is taken
         */
        synchronized void take(int bytes) {
            long more = counted(held + bytes) - counted(held);
            if (closed) {
                return;
            }
            if (more > 0) {
                BodyBudget.this.take(caller, more);
            }
            held += bytes;
        }

        /** Gives everything back, once. */
        @Override
        public synchronized void close() {
            if (!closed && counted(held) > 0) {
                shares.giveBack(caller, counted(held));
            }
            closed = true;
        }

        private static long counted(long bytes) {
            return Math.max(0, bytes - FREE);
        }
    }
}
