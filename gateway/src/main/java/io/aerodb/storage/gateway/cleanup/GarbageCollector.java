package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BatchDeletes;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.GarbageRepository.DueBlob;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Deletes garbage that is due: claims a batch in the ledger, deletes its bytes and whatever was left unfinished under its keys,
 * and forgets those that are gone. A batch that is broken off anywhere is claimed again. On a volume that is not the database's
 * nothing is claimed, and nothing forgotten when it was changed meanwhile.
 */
final class GarbageCollector {

    private static final Logger log = LoggerFactory.getLogger(GarbageCollector.class);
    private static final int BATCH = Math.min(BatchDeletes.MOST, GarbageRepository.PAGE);
    /** After which another one may try what was not given back. */
    private static final Duration PAUSE = Duration.ofMinutes(10);

    private final GarbageRepository garbage;
    private final Fences fences;
    private final int concurrency;
    private final CleanupMeters meters;

    /** @param concurrency files that are deleted at once, where the backend does not delete many by one call */
    GarbageCollector(GarbageRepository garbage, Fences fences, int concurrency, CleanupMeters meters) {
        this.garbage = garbage;
        this.fences = fences;
        this.concurrency = concurrency;
        this.meters = meters;
    }

    /** Batch by batch until nothing more of the backend is due, none of a batch could be deleted, or it is told to stop. */
    Flux<Collected> collect(String name, StorageBackend backend, StopSignal stop) {
        return batch(name, backend)
                .repeat(() -> !stop.isTold())
                .takeUntil(batch -> batch.files() == 0)
                .filter(batch -> !batch.equals(Collected.NOTHING))
                .doOnNext(batch -> meters.collected(name, batch));
    }

    private Mono<Collected> batch(String name, StorageBackend backend) {
        Mono<List<DueBlob>> claim =
                fences.check(name, backend).then(Mono.defer(() -> garbage.claim(name, PAUSE, BATCH)));
        return Mono.usingWhen(claim, due -> collected(name, backend, due), this::givenBack);
    }

    private Mono<Void> givenBack(List<DueBlob> due) {
        return due.isEmpty() ? Mono.empty() : garbage.giveBack(keys(due));
    }

    private static List<String> keys(List<DueBlob> of) {
        return of.stream().map(DueBlob::key).toList();
    }

    private Mono<Collected> collected(String name, StorageBackend backend, List<DueBlob> due) {
        if (due.isEmpty()) {
            return Mono.just(Collected.NOTHING);
        }
        FaultPoints.reach("cleanup.claimed");
        Map<String, DueBlob> byKey = due.stream().collect(Collectors.toMap(DueBlob::key, Function.identity()));
        return deleted(name, backend, due)
                .map(key -> byKey.get(key.value()))
                .collectList()
                .doOnNext(gone -> FaultPoints.reach("cleanup.bytes-deleted"))
                .flatMap(gone -> fences.check(name, backend).then(forgotten(due, gone)));
    }

    private Mono<Collected> forgotten(List<DueBlob> due, List<DueBlob> gone) {
        long bytes = gone.stream().mapToLong(DueBlob::size).sum();
        return garbage.done(keys(gone)).thenReturn(new Collected(gone.size(), bytes, due.size() - gone.size()));
    }

    /** Those that are gone. */
    private Flux<BlobKey> deleted(String name, StorageBackend backend, List<DueBlob> due) {
        Flux<BlobKey> keys = Flux.fromIterable(due).map(blob -> new BlobKey(blob.key()));
        return backend.ability(BatchDeletes.class)
                .map(batches -> keys.collectList().flatMapMany(batches::delete))
                .orElseGet(() -> keys.flatMap(key -> deleted(name, backend, key), concurrency));
    }

    private static Mono<BlobKey> deleted(String name, StorageBackend backend, BlobKey key) {
        return backend.delete(key)
                .thenReturn(key)
                .onErrorResume(BackendException.class, failure -> notDeleted(name, key, failure));
    }

    private static Mono<BlobKey> notDeleted(String name, BlobKey key, BackendException failure) {
        log.warn("event=garbage_not_deleted backend={} key={} reason={}", name, key, LogText.value(failure.toString()));
        return Mono.empty();
    }
}
