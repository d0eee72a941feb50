package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.Comparison.Place;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.OrphanRepository.Claim;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.aerodb.storage.metadata.OrphanRepository.RemovedObject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One cleanup of one backend: compares it with the ledger, and when not too much is wrong makes garbage of unknown files and
 * deletes the objects whose file was missing twice. One at a time of all gateways; another's end is waited for.
 */
final class OrphanCleanup {

    private static final Logger log = LoggerFactory.getLogger(OrphanCleanup.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final OrphanRepository orphans;
    private final VolumeGuard guard;
    private final Tolerance tolerance;
    private final CleanupMeters meters;
    private final Place place;
    private final CleanupOrder order;
    private final UUID run = UUID.randomUUID();
    private final Findings found = new Findings();

    OrphanCleanup(
            OrphanRepository orphans,
            VolumeGuard guard,
            Tolerance tolerance,
            CleanupMeters meters,
            Place place,
            CleanupOrder order) {
        this.orphans = orphans;
        this.guard = guard;
        this.tolerance = tolerance;
        this.meters = meters;
        this.place = place;
        this.order = order;
    }

    Flux<CleanupReport> run() {
        return order.dryRun()
                ? looked(null)
                : Flux.usingWhen(Mono.just(run), id -> claimed(), id -> orphans.release(place.name(), id));
    }

    private Flux<CleanupReport> claimed() {
        Mono<Claim> attempt = orphans.claim(place.name(), run);
        Flux<Claim> attempts = order.patient()
                ? attempt.repeatWhen(times -> times.delayElements(LOOK)).takeUntil(claim -> !claim.busy())
                : attempt.flux();
        return attempts.concatMap(this::begun, 1);
    }

    private Flux<CleanupReport> begun(Claim claim) {
        if (claim.busy()) {
            return Flux.just(
                    order.patient()
                            ? new Progress(Step.WAITING, place.name(), 0, 0)
                            : found.compared(place.name(), Outcome.BUSY, null));
        }
        String stopped = order.go() ? null : claim.stopped();
        return stopped == null ? cleaned() : looked(stopped);
    }

    /** Looks and changes nothing. */
    private Flux<CleanupReport> looked(@Nullable String stopped) {
        return Flux.concat(compared(false, found), Mono.defer(() -> concluded(stopped)));
    }

    private Mono<CleanupReport> concluded(@Nullable String stopped) {
        String reason =
                stopped == null || found.isNone() ? tolerance.objection(found).orElse(null) : stopped;
        Mono<Void> free = stopped != null && found.isNone() ? orphans.stop(place.name(), run, null) : Mono.empty();
        return free.then(Mono.fromSupplier(() -> told(reason == null ? Outcome.DONE : Outcome.STOPPED, reason)));
    }

    private Flux<CleanupReport> cleaned() {
        return Flux.concat(compared(true, found), Mono.defer(this::judged)).onErrorResume(TooMuch.class, this::stopped);
    }

    private Flux<CleanupReport> compared(boolean noting, Findings findings) {
        Comparison comparison = new Comparison(orphans, place, run, noting, findings);
        Flux<CleanupReport> unknown = noting
                ? comparison.unknown().concatMap(line -> tooMuch().<CleanupReport>then(Mono.just(line)), 1)
                : comparison.unknown();
        return Flux.concat(
                guard.check(place.backend()).then(Mono.empty()),
                comparison.missing(),
                unknown,
                comparison.unfinished(),
                guard.check(place.backend()).then(Mono.empty()));
    }

    /** Fails when so much is wrong that a person has to look. The missing ones are all known when the first unknown one is found. */
    private Mono<Void> tooMuch() {
        Optional<String> objection = order.go() ? Optional.empty() : tolerance.objection(found);
        return objection
                .map(reason -> Mono.<Void>error(() -> new TooMuch(reason)))
                .orElse(Mono.empty());
    }

    private Mono<CleanupReport> judged() {
        return tooMuch()
                .doFirst(() -> FaultPoints.reach("cleanup.compared"))
                .then(Mono.defer(() -> orphans.settle(place.name(), run)))
                .then(Mono.defer(this::adopted))
                .then(Mono.defer(this::removed))
                .then(Mono.defer(() -> order.go() ? orphans.stop(place.name(), run, null) : Mono.empty()))
                .then(Mono.fromSupplier(() -> told(Outcome.DONE, null)));
    }

    private Mono<Void> adopted() {
        return orphans.adopt(place.name(), run)
                .repeat()
                .takeUntil(java.util.List::isEmpty)
                .flatMapIterable(keys -> keys)
                .doOnNext(this::tellAdopted)
                .doOnNext(key -> FaultPoints.reach("cleanup.adopted"))
                .then();
    }

    private Mono<Void> removed() {
        return orphans.remove(place.name(), run)
                .repeat()
                .takeUntil(java.util.List::isEmpty)
                .flatMapIterable(objects -> objects)
                .doOnNext(this::tellRemoved)
                .doOnNext(object -> FaultPoints.reach("cleanup.removed"))
                .then();
    }

    private Mono<CleanupReport> stopped(TooMuch objection) {
        String reason = objection.reason();
        log.error(
                "event=cleanup_stopped backend={} reason={} action=\"nothing is changed until a person says go\"",
                place.name(),
                LogText.value(reason));
        return orphans.stop(place.name(), run, reason).then(Mono.fromSupplier(() -> told(Outcome.STOPPED, reason)));
    }

    private CleanupReport told(Outcome outcome, @Nullable String reason) {
        meters.found(place.name(), found, outcome == Outcome.STOPPED);
        return found.compared(place.name(), outcome, reason);
    }

    private void tellAdopted(String key) {
        found.adopted.incrementAndGet();
        meters.orphan(place.name(), Kind.UNKNOWN);
        log.warn("event=orphan_file_found backend={} key={}", place.name(), key);
    }

    private void tellRemoved(RemovedObject object) {
        found.removed.incrementAndGet();
        meters.orphan(place.name(), Kind.MISSING);
        log.warn(
                "event=orphan_metadata_deleted backend={} bucket={} path={} key={}",
                place.name(),
                LogText.value(object.bucketId()),
                LogText.value(object.name()),
                object.key());
    }

    private static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooMuch(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
