package io.aerodb.storage.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/** What all callers together may have of something, and each of them. A caller is known only while he has some of it. */
public final class Shares {

    private final long bound;
    private final long boundOfOne;
    private final Counter full;
    private final Counter tooMany;
    private final Map<String, Long> takenBy = new HashMap<>();
    private long taken;

    /** What became of a wish; the refused ones are counted, and nothing is taken. */
    public enum Outcome {
        TAKEN,
        /** All of it is taken. */
        FULL,
        /** The caller has his part. */
        TOO_MANY
    }

    /**
     * @param kind of what is shared, for the counters
     * @param boundOfOne that one caller may have
     */
    public Shares(String kind, long bound, long boundOfOne, MeterRegistry meters) {
        this.bound = bound;
        this.boundOfOne = boundOfOne;
        this.full = refused(kind, "full", meters);
        this.tooMany = refused(kind, "caller", meters);
    }

    /** Takes so much, which the caller gives back. */
    public synchronized Outcome take(Caller caller, long amount) {
        if (caller.limited() && takenBy.getOrDefault(caller.name(), 0L) + amount > boundOfOne) {
            tooMany.increment();
            return Outcome.TOO_MANY;
        }
        if (taken + amount > bound) {
            full.increment();
            return Outcome.FULL;
        }
        taken += amount;
        takenBy.merge(caller.name(), amount, Long::sum);
        return Outcome.TAKEN;
    }

    public synchronized void giveBack(Caller caller, long amount) {
        taken -= amount;
        takenBy.computeIfPresent(caller.name(), (name, all) -> all == amount ? null : all - amount);
    }

    /** So much is taken now. */
    public synchronized long taken() {
        return taken;
    }

    /** Callers that are known now. */
    public synchronized int callers() {
        return takenBy.size();
    }

    private static Counter refused(String kind, String reason, MeterRegistry meters) {
        return Counter.builder("storage.refused")
                .description("Requests that were told to come again, before anything was done for them")
                .tag("kind", kind)
                .tag("reason", reason)
                .register(meters);
    }
}
