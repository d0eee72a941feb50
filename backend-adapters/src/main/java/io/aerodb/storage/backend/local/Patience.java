package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/** How long a volume may give no sign while elements are asked for: nobody is late while the reader is the slow one. */
final class Patience {

    /** In the limit; it is over with the look after these. */
    private static final int LOOKS = 2;

    private final Duration limit;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicInteger silent = new AtomicInteger();

    Patience(Duration limit) {
        this.limit = limit;
    }

    /** The same elements, once; fails when there is no sign for the limit, or half as long again. */
    <T> Flux<T> with(Flux<T> elements) {
        Flux<T> late = Flux.interval(limit.dividedBy(LOOKS))
                .onBackpressureDrop()
                .filter(look -> isOver())
                .concatMap(look -> Flux.error(() -> hanging(limit)), 0);
        return elements.doOnNext(given -> given())
                .doOnRequest(more -> asked.getAndAccumulate(more, Operators::addCap))
                .takeUntilOther(late);
    }

    /** It works, also where it has found nothing yet. */
    void sign() {
        silent.set(0);
    }

    static BackendException hanging(Duration limit) {
        return new BackendException.Unavailable("the volume does not answer within " + limit, null);
    }

    private void given() {
        asked.decrementAndGet();
        sign();
    }

    private boolean isOver() {
        if (asked.get() == 0) {
            sign();
            return false;
        }
        return silent.incrementAndGet() > LOOKS;
    }
}
