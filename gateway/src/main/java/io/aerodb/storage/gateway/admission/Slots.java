package io.aerodb.storage.gateway.admission;

import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What may be open at once of one kind. A caller is known only while something of his is open. */
final class Slots {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final int most;
    private final int mostOfOne;
    private final String plural;
    private final Counter full;
    private final Counter tooMany;
    private final Map<String, Integer> openOf = new HashMap<>();
    private int open;

    /**
     * @param kind of what is open: {@code upload}
     * @param mostOfOne that one caller may have open
     */
    Slots(String kind, int most, int mostOfOne, MeterRegistry meters) {
        this.most = most;
        this.mostOfOne = mostOfOne;
        this.plural = kind + "s";
        this.full = refused(kind, "full", meters);
        this.tooMany = refused(kind, "caller", meters);
        Gauge.builder("storage.open", this, Slots::open)
                .description("What is under way")
                .tag("kind", kind)
                .register(meters);
    }

    /**
     * Takes one, which the caller gives back.
     *
     * @throws io.aerodb.storage.gateway.http.StorageError ServiceUnavailable when all are taken, SlowDown when the caller has
     *     enough; then nothing is taken
     */
    void take(Caller caller) {
        switch (taken(caller)) {
            case TAKEN -> {}
            case FULL -> {
                full.increment();
                throw ErrorCode.SERVICE_UNAVAILABLE
                        .because("Too many %s are under way, try again later".formatted(plural))
                        .retryAfter(RETRY);
            }
            case TOO_MANY -> {
                tooMany.increment();
                throw ErrorCode.SLOW_DOWN
                        .because("You have too many %s under way, try again later".formatted(plural))
                        .with("limit", mostOfOne)
                        .retryAfter(RETRY);
            }
        }
    }

    synchronized void giveBack(Caller caller) {
        open--;
        openOf.computeIfPresent(caller.name(), (name, count) -> count == 1 ? null : count - 1);
    }

    synchronized int open() {
        return open;
    }

    /** Callers that are known now. */
    synchronized int callers() {
        return openOf.size();
    }

    private synchronized Outcome taken(Caller caller) {
        if (caller.limited() && openOf.getOrDefault(caller.name(), 0) >= mostOfOne) {
            return Outcome.TOO_MANY;
        }
        if (open >= most) {
            return Outcome.FULL;
        }
        open++;
        openOf.merge(caller.name(), 1, Integer::sum);
        return Outcome.TAKEN;
    }

    private static Counter refused(String kind, String reason, MeterRegistry meters) {
        return Counter.builder("storage.refused")
                .description("Requests that were told to come again, before anything was done for them")
                .tag("kind", kind)
                .tag("reason", reason)
                .register(meters);
    }

    private enum Outcome {
        TAKEN,
        FULL,
        TOO_MANY
    }
}
