package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.metadata.GarbageRepository;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes garbage of blobs that were begun and never ended: those of dead gateways, and those that this one has lost sight of. */
final class Sweeper {

    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);

    private final GarbageRepository garbage;
    private final OpenWrites writes;
    private final CleanupMeters meters;
    private final Fences fences;

    Sweeper(GarbageRepository garbage, OpenWrites writes, CleanupMeters meters, Fences fences) {
        this.fences = fences;
        this.garbage = garbage;
        this.writes = writes;
        this.meters = meters;
    }

    /** How many; a collector deletes their bytes later. Also lets others claim what the dead were deleting. */
    Mono<Long> sweep() {
        return fences.closed()
                .flatMapMany(closed ->
                        Flux.concat(ofTheDead(closed), garbage.releaseDead().then(Mono.empty()), own(closed)))
                .reduce(0L, Long::sum)
                .doOnNext(this::tell);
    }

    private Flux<Long> ofTheDead(Set<String> closed) {
        return garbage.sweepDead(closed).repeat().takeWhile(swept -> swept > 0);
    }

    private Flux<Long> own(Set<String> closed) {
        return garbage.unfinished(closed, "")
                .expand(page -> following(closed, page))
                .concatMap(this::swept, 1);
    }

    private Mono<List<String>> following(Set<String> closed, List<String> page) {
        return page.size() < GarbageRepository.PAGE
                ? Mono.empty()
                : garbage.unfinished(closed, page.get(page.size() - 1));
    }

    /**
     * The look at what is under way comes after the ledger's, and a write that has ended is never begun again. While the ledger's
     * answer to a beginning is so late that the page may have it, nothing is lost.
     */
    private Mono<Long> swept(List<String> page) {
        if (writes.mayBegin(garbage.deadAfter())) {
            return Mono.just(0L);
        }
        List<String> lost = page.stream().filter(key -> !writes.contains(key)).toList();
        return lost.isEmpty() ? Mono.just(0L) : garbage.sweep(lost);
    }

    private void tell(long swept) {
        if (swept > 0) {
            FaultPoints.reach("cleanup.swept");
            meters.swept(swept);
            log.info("event=unfinished_writes_swept count={}", swept);
        }
    }
}
