package io.aerodb.storage.gateway.admission;

import io.aerodb.storage.gateway.http.Caller;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.Shares;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** What may be open at once of one kind. A caller is known only while something of his is open. */
final class Slots {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Shares shares;
    private final int mostOfOne;
    private final String plural;

    /**
     * @param kind of what is open: {@code upload}
     * @param mostOfOne that one caller may have open
     */
    Slots(String kind, int most, int mostOfOne, MeterRegistry meters) {
        this.shares = new Shares(kind, most, mostOfOne, meters);
        this.mostOfOne = mostOfOne;
        this.plural = kind + "s";
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
        switch (shares.take(caller, 1)) {
            case TAKEN -> {}
            case FULL ->
                throw ErrorCode.SERVICE_UNAVAILABLE
                        .because("Too many %s are under way, try again later".formatted(plural))
                        .retryAfter(RETRY);
            case TOO_MANY ->
                throw ErrorCode.SLOW_DOWN
                        .because("You have too many %s under way, try again later".formatted(plural))
                        .with("limit", mostOfOne)
                        .retryAfter(RETRY);
        }
    }

    void giveBack(Caller caller) {
        shares.giveBack(caller, 1);
    }

    long open() {
        return shares.taken();
    }
}
