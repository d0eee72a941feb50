package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One round of sweeping and of collecting on all backends. Never fails: one backend does not keep the others from it. */
final class GarbageRound {

    private static final Logger log = LoggerFactory.getLogger(GarbageRound.class);

    private final Sweeper sweeper;
    private final GarbageCollector collector;
    private final StorageBackends backends;

    GarbageRound(Sweeper sweeper, GarbageCollector collector, StorageBackends backends) {
        this.sweeper = sweeper;
        this.collector = collector;
        this.backends = backends;
    }

    /** @param stop after which no batch is begun */
    Mono<Void> run(StopSignal stop) {
        Mono<Long> swept = sweeper.sweep().onErrorResume(failure -> skipped("sweep", "", failure));
        return swept.thenMany(Flux.fromIterable(backends.names()))
                .takeWhile(name -> !stop.isTold())
                .flatMap(name -> collected(name, stop))
                .then();
    }

    private Mono<Collected> collected(String name, StopSignal stop) {
        return collector
                .collect(name, backends.get(name), stop)
                .reduce(Collected.NOTHING, Collected::plus)
                .doOnNext(all -> tell(name, all))
                .onErrorComplete(Fences.Fenced.class) // told when it was noticed
                .onErrorResume(failure -> skipped("collect", name, failure));
    }

    private static void tell(String name, Collected all) {
        if (!all.equals(Collected.NOTHING)) {
            log.info(
                    "event=garbage_collected backend={} files={} bytes={} failed={}",
                    name,
                    all.files(),
                    all.bytes(),
                    all.failed());
        }
    }

    private static <T> Mono<T> skipped(String step, String backend, Throwable failure) {
        log.warn(
                "event=cleanup_skipped step={} backend={} reason={}",
                step,
                LogText.value(backend),
                LogText.value(failure.toString()));
        return Mono.empty();
    }
}
