package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.OrphanRepository;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Measures what waits: for a person at each look, and for its collection, which counts all garbage, from time to time. */
final class Backlog {

    private static final Logger log = LoggerFactory.getLogger(Backlog.class);
    private static final long NEVER = Long.MIN_VALUE;

    private final OrphanRepository orphans;
    private final GarbageRepository garbage;
    private final CleanupMeters meters;
    private final Set<String> backends;
    private final long interval;
    private final AtomicLong counted = new AtomicLong(NEVER);

    /** @param interval from one count of the garbage to the next */
    Backlog(
            OrphanRepository orphans,
            GarbageRepository garbage,
            CleanupMeters meters,
            Set<String> backends,
            Duration interval) {
        this.orphans = orphans;
        this.garbage = garbage;
        this.meters = meters;
        this.backends = backends;
        this.interval = interval.toNanos();
    }

    /** Never fails. */
    Mono<Void> measure() {
        return compared().then(Mono.defer(this::waiting)).onErrorResume(Backlog::notMeasured);
    }

    private Mono<Void> compared() {
        return orphans.results()
                .doOnNext(results -> meters.results(backends, results))
                .then();
    }

    private Mono<Void> waiting() {
        long now = System.nanoTime();
        long last = counted.get();
        return last != NEVER && now - last < interval
                ? Mono.empty()
                : garbage.waiting()
                        .doOnNext(waiting -> meters.waiting(backends, waiting))
                        .doOnNext(waiting -> counted.set(now))
                        .then();
    }

    private static Mono<Void> notMeasured(Throwable failure) {
        log.warn("event=cleanup_skipped step=measure reason={}", LogText.value(failure.toString()));
        return Mono.empty();
    }
}
