package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.Comparison.Place;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.OrphanRepository.Claim;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.aerodb.storage.metadata.OrphanRepository.MissingFile;
import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import io.aerodb.storage.metadata.OrphanRepository.UnknownFile;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
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

    /** Renewals of a lease in its time: so many may fail but one. */
    private static final int RENEWALS = 3;

    private final OrphanRepository orphans;
    private final Mono<Void> guard;
    private final Tolerance tolerance;
    private final CleanupMeters meters;
    private final Duration interval;
    private final Place place;
    private final CleanupOrder order;
    private final StopSignal stop;
    private final UUID run = UUID.randomUUID();
    private final Findings found = new Findings();
    private final AtomicBoolean concluded = new AtomicBoolean();

    /**
     * @param guard fails when nothing may be done with the backend; asked again and again
     * @param interval from one that nobody has ordered to the next
     */
    OrphanCleanup(
            OrphanRepository orphans,
            Mono<Void> guard,
            Tolerance tolerance,
            CleanupMeters meters,
            Duration interval,
            Place place,
            CleanupOrder order,
            StopSignal stop) {
        this.orphans = orphans;
        this.guard = guard;
        this.tolerance = tolerance;
        this.meters = meters;
        this.interval = interval;
        this.place = place;
        this.order = order;
        this.stop = stop;
    }

    Flux<CleanupReport> run() {
        return order.dryRun()
                ? looked(null, Mono.empty())
                : guard.thenMany(Flux.usingWhen(
                        Mono.just(run),
                        id -> claimed(),
                        id -> released(concluded.get()),
                        (id, failure) -> released(true),
                        id -> released(false)));
    }

    /** Without effect when the run was not begun, or is another's. */
    private Mono<Void> released(boolean ended) {
        return orphans.release(
                place.name(), run, ended, found.unknownFiles(), found.missing.get(), found.unreadable.get());
    }

    private Flux<CleanupReport> claimed() {
        Mono<Claim> attempt = orphans.claim(place.name(), run, order.patient() ? Duration.ZERO : interval);
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
        return renewing(stopped == null ? cleaned() : looked(stopped, held()));
    }

    /** The same work, with the lease renewed as long as it takes. */
    private Flux<CleanupReport> renewing(Flux<CleanupReport> work) {
        AtomicBoolean lost = new AtomicBoolean();
        Flux<Void> renewals = Flux.interval(orphans.lease().dividedBy(RENEWALS))
                .onBackpressureDrop()
                .concatMap(tick -> held().onErrorComplete(failure -> !(failure instanceof LeaseLost)), 0)
                .doOnError(failure -> lost.set(true))
                .onErrorComplete(); // an error would not cancel the work
        return work.takeUntilOther(renewals)
                .concatWith(Mono.defer(() -> lost.get() ? Mono.error(LeaseLost::new) : Mono.empty()));
    }

    private Mono<Void> held() {
        return orphans.hold(place.name(), run).filter(held -> !held).flatMap(lost -> Mono.error(LeaseLost::new));
    }

    /** Looks and changes nothing. */
    private Flux<CleanupReport> looked(@Nullable String stopped, Mono<Void> held) {
        return Flux.concat(compared(kind -> false, held), unlessStopped(() -> concluded(stopped)));
    }

    /** What was looked at in part is not judged. */
    private Mono<CleanupReport> unlessStopped(Supplier<Mono<CleanupReport>> end) {
        return Mono.defer(() -> stop.isTold() ? Mono.empty() : end.get());
    }

    private Mono<CleanupReport> concluded(@Nullable String stopped) {
        String reason =
                stopped == null || found.isNone() ? tolerance.objection(found).orElse(null) : stopped;
        Mono<Void> free = stopped != null && found.isNone() ? orphans.stop(place.name(), run, null) : Mono.empty();
        return free.then(Mono.fromSupplier(() -> told(reason == null ? Outcome.DONE : Outcome.STOPPED, reason)));
    }

    private Flux<CleanupReport> cleaned() {
        return Flux.concat(compared(this::isNoted, held()), unlessStopped(this::judged))
                .onErrorResume(TooMuch.class, this::stopped);
    }

    private boolean isNoted(Kind kind) {
        return order.go() || tolerance.allowsMore(kind, found);
    }

    private Flux<CleanupReport> compared(Predicate<Kind> noting, Mono<Void> held) {
        Comparison comparison = comparison(noting, held);
        return Flux.concat(
                        guard.then(Mono.empty()),
                        comparison.missing(),
                        comparison.unknown(),
                        comparison.unfinished(),
                        guard.then(Mono.empty()))
                .takeUntilOther(stop.told());
    }

    private Comparison comparison(Predicate<Kind> noting, Mono<Void> held) {
        return new Comparison(orphans, place, run, noting, held, found);
    }

    /** Fails when so much is wrong that a person has to look. */
    private Mono<Void> tooMuch() {
        Optional<String> objection = order.go() ? Optional.empty() : tolerance.objection(found);
        return objection
                .map(reason -> Mono.<Void>error(() -> new TooMuch(reason)))
                .orElse(Mono.empty());
    }

    private Mono<CleanupReport> judged() {
        return tooMuch()
                .doFirst(() -> FaultPoints.reach("cleanup.compared"))
                .then(settled())
                .then(Mono.defer(this::adopted))
                .then(Mono.defer(this::removed))
                .then(Mono.defer(() -> order.go() ? orphans.stop(place.name(), run, null) : Mono.empty()))
                .then(Mono.defer(this::held))
                .then(Mono.fromSupplier(() -> told(Outcome.DONE, null)));
    }

    private Mono<Void> settled() {
        return again(Mono.defer(() -> orphans.settle(place.name(), run)))
                .takeWhile(settled -> settled > 0)
                .then();
    }

    private Mono<Void> adopted() {
        return taken(Mono.defer(() -> orphans.adopt(place.name(), run)))
                .filter(UnknownFile::adopted)
                .doOnNext(this::tellAdopted)
                .doOnNext(file -> FaultPoints.reach("cleanup.adopted"))
                .then();
    }

    /** What a run has missed seconds before another may have been missed for the same reason, unless a person says that it is not so. */
    private Mono<Void> removed() {
        Duration sure = interval.compareTo(Fences.SURE) > 0 ? interval : Fences.SURE;
        Duration age = order.go() ? Duration.ZERO : sure;
        return again(Mono.defer(() -> orphans.due(place.name(), run, age).flatMap(this::removed)))
                .takeWhile(some -> some)
                .then();
    }

    /** A comparison takes long: a file that was restored since is not missing. False when there is nothing to remove. */
    private Mono<Boolean> removed(List<SizedKey> due) {
        return comparison(kind -> false, Mono.empty())
                .looked(due)
                .map(Looks::gone)
                .flatMapMany(gone -> removed(due, gone))
                .filter(MissingFile::hadObject)
                .doOnNext(this::tellRemoved)
                .doOnNext(object -> FaultPoints.reach("cleanup.removed"))
                .then(Mono.fromSupplier(() -> !due.isEmpty()));
    }

    private Flux<MissingFile> removed(List<SizedKey> due, List<SizedKey> gone) {
        return due.isEmpty()
                ? Flux.empty()
                : orphans.remove(place.name(), run, due, gone).flatMapIterable(files -> files);
    }

    private <T> Flux<T> taken(Mono<List<T>> batch) {
        return again(batch).takeWhile(files -> !files.isEmpty()).concatMapIterable(files -> files, 1);
    }

    private <T> Flux<T> again(Mono<T> batch) {
        return held().then(guard).then(batch).repeat(() -> !stop.isTold());
    }

    private Mono<CleanupReport> stopped(TooMuch objection) {
        String reason = objection.reason();
        log.error(
                "event=cleanup_stopped backend={} reason={} action=\"nothing is changed until a person says go\"",
                place.name(),
                LogText.value(reason));
        return settled()
                .then(Mono.defer(() -> orphans.stop(place.name(), run, reason)))
                .then(Mono.fromSupplier(() -> told(Outcome.STOPPED, reason)));
    }

    private CleanupReport told(Outcome outcome, @Nullable String reason) {
        concluded.set(true);
        meters.found(place.name(), found);
        if (!order.dryRun()) {
            meters.stopped(place.name(), outcome == Outcome.STOPPED);
        }
        return found.compared(place.name(), outcome, reason);
    }

    private void tellAdopted(UnknownFile file) {
        found.adopted.incrementAndGet();
        meters.orphan(place.name(), Kind.UNKNOWN);
        log.warn("event=orphan_file_found backend={} key={}", place.name(), file.key());
    }

    private void tellRemoved(MissingFile file) {
        found.removed.incrementAndGet();
        meters.orphan(place.name(), Kind.MISSING);
        log.warn(
                "event=orphan_metadata_deleted backend={} bucket={} path={} key={}",
                place.name(),
                LogText.value(String.valueOf(file.bucketId())),
                LogText.value(String.valueOf(file.path())),
                file.key());
    }

    /** Another run has begun, because this one gave no sign for too long. */
    private static final class LeaseLost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LeaseLost() {
            super("another comparison has begun meanwhile", null, false, false);
        }
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
