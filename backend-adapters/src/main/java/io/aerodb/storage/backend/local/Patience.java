package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** How long a volume may give no sign while somebody waits for it. Who waits for a client does not wait for the volume. */
final class Patience {

    /** In the limit; it is over with the look after these. */
    private static final int LOOKS = 2;
    /** Bytes in a millisecond that a slow disk takes. */
    private static final long SLOWEST = 10_000;
    /** Limits beside the first one. */
    private static final long MOST = 9;

    private final Duration limit;
    private final AtomicInteger silent = new AtomicInteger();

    Patience(Duration limit) {
        this.limit = limit;
    }

    /** The same elements, once; fails when one that is asked for does not come, and there is no sign for the limit, or half as long again. */
    <T> Flux<T> with(Flux<T> elements) {
        AtomicLong asked = new AtomicLong();
        AtomicBoolean late = new AtomicBoolean();
        Flux<Long> end = Flux.interval(pause())
                .onBackpressureDrop()
                .filter(look -> isOver(asked.get() > 0))
                .doOnNext(look -> late.set(true));
        return elements.doOnNext(given -> {
                    asked.decrementAndGet();
                    sign();
                })
                .doOnRequest(more -> asked.getAndAccumulate(more, Operators::addCap))
                .takeUntilOther(end) // which would not cancel them for an error
                .concatWith(Mono.defer(() -> late.get() ? Mono.error(hanging()) : Mono.empty()));
    }

    /** It works, also where it has given nothing yet. */
    void sign() {
        silent.set(0);
    }

    /** A sign, after which it has so many bytes to bring to the disk at once. */
    void sign(long bytes) {
        long more = Math.min(MOST, bytes / (SLOWEST * limit.toMillis()));
        silent.set((int) -more * LOOKS);
    }

    static BackendException hanging(Duration limit) {
        return new BackendException.Unavailable("the volume does not answer within " + limit, null);
    }

    BackendException hanging() {
        return hanging(limit);
    }

    /** From one look to the next. */
    Duration pause() {
        return limit.dividedBy(LOOKS);
    }

    /** A look. */
    boolean isOver(boolean waiting) {
        if (!waiting) {
            sign();
            return false;
        }
        return silent.incrementAndGet() > LOOKS;
    }
}
