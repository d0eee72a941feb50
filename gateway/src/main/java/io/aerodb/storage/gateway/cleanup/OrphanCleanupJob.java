package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Failed;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Progress.Step;
import io.aerodb.storage.gateway.cleanup.Comparison.Place;
import io.aerodb.storage.gateway.cleanup.Fences.Fenced;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.gateway.wiring.CleanupSettings;
import io.aerodb.storage.metadata.OrphanRepository;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Cleans up: what was begun and never ended, garbage that is due, and files and metadata that lack each other. Every step is told
 * while it goes on. What can't be done on one backend keeps nobody from the others.
 */
final class OrphanCleanupJob {

    private static final Logger log = LoggerFactory.getLogger(OrphanCleanupJob.class);

    private final OrphanRepository orphans;
    private final Sweeper sweeper;
    private final GarbageCollector collector;
    private final StorageBackends backends;
    private final VolumeGuard volumes;
    private final Fences fences;
    private final CleanupMeters meters;
    private final CleanupSettings settings;

    OrphanCleanupJob(
            OrphanRepository orphans,
            Sweeper sweeper,
            GarbageCollector collector,
            StorageBackends backends,
            VolumeGuard volumes,
            Fences fences,
            CleanupMeters meters,
            CleanupSettings settings) {
        this.orphans = orphans;
        this.sweeper = sweeper;
        this.collector = collector;
        this.backends = backends;
        this.volumes = volumes;
        this.fences = fences;
        this.meters = meters;
        this.settings = settings;
    }

    Set<String> backends() {
        return backends.names();
    }

    /** Never fails. The last line is the summary; cancelling ends the work, and whatever it left is found the next time. */
    Flux<CleanupReport> run(CleanupOrder order) {
        return run(order, new StopSignal());
    }

    private Flux<CleanupReport> run(CleanupOrder order, StopSignal stop) {
        return Flux.defer(() -> {
            Tally tally = new Tally();
            return Flux.concat(accepted(order), before(order, stop), compared(order, stop), after(order, stop))
                    .doOnNext(tally::add)
                    .concatWith(Mono.fromSupplier(() -> tally.summary(order.dryRun())));
        });
    }

    /** As it is done from time to time, in all backends where it is time. Never fails. */
    Mono<Void> scheduled(StopSignal stop) {
        return run(CleanupOrder.scheduled(backends.names()), stop)
                .doOnNext(OrphanCleanupJob::tell)
                .then();
    }

    /** A person who says go has looked whose the volume is. */
    private Flux<CleanupReport> accepted(CleanupOrder order) {
        return order.go() ? Flux.fromIterable(order.backends()).concatMap(this::accepted, 1) : Flux.empty();
    }

    private Mono<CleanupReport> accepted(String name) {
        return Mono.defer(() -> fences.accept(name))
                .then(Mono.<CleanupReport>empty())
                .onErrorResume(failure -> failed("accept", name, failure));
    }

    private Flux<CleanupReport> before(CleanupOrder order, StopSignal stop) {
        return order.collect() ? Flux.concat(swept(), collected(order, stop)) : Flux.empty();
    }

    /** What was found unknown, and may go at once. */
    private Flux<CleanupReport> after(CleanupOrder order, StopSignal stop) {
        return order.collect() ? collected(order, stop) : Flux.empty();
    }

    private Mono<CleanupReport> swept() {
        return sweeper.sweep()
                .<CleanupReport>map(swept -> new Progress(Step.SWEPT, null, swept, 0))
                .onErrorResume(failure -> failed("sweep", null, failure));
    }

    private Flux<CleanupReport> collected(CleanupOrder order, StopSignal stop) {
        return Flux.fromIterable(order.backends()).concatMap(name -> collected(name, stop), 1);
    }

    private Flux<CleanupReport> collected(String name, StopSignal stop) {
        return Flux.defer(() -> collector.collect(name, backends.get(name), stop))
                .concatMap(batch -> told(name, batch), 1)
                .onErrorComplete(Fenced.class) // the comparison tells it
                .onErrorResume(failure -> failed("collect", name, failure));
    }

    private static Flux<CleanupReport> told(String name, Collected batch) {
        Progress progress = new Progress(Step.COLLECTED, name, batch.files(), batch.bytes());
        return batch.failed() == 0
                ? Flux.just(progress)
                : Flux.just(
                        progress,
                        new Failed("collect", name, "%d files could not be deleted".formatted(batch.failed())));
    }

    private Flux<CleanupReport> compared(CleanupOrder order, StopSignal stop) {
        return Flux.fromIterable(order.backends())
                .takeWhile(name -> !stop.isTold())
                .concatMap(name -> compared(name, order, stop), 1);
    }

    private Flux<CleanupReport> compared(String name, CleanupOrder order, StopSignal stop) {
        return fences.closed(name)
                .flatMapMany(closed -> closed.map(reason -> closed(name, order, stop, reason))
                        .orElseGet(() -> cleaned(name, order, stop)))
                .onErrorResume(Fenced.class, meanwhile -> Flux.just(Findings.fenced(name, meanwhile.reason())))
                .onErrorResume(failure -> failed("compare", name, failure));
    }

    /** There a person may look, and nothing more. */
    private Flux<CleanupReport> closed(String name, CleanupOrder order, StopSignal stop, String reason) {
        return order.dryRun()
                ? cleaned(name, order, stop).map(line -> line instanceof Compared end ? end.stopped(reason) : line)
                : Flux.just(Findings.fenced(name, reason));
    }

    private Flux<CleanupReport> cleaned(String name, CleanupOrder order, StopSignal stop) {
        Place place = new Place(name, backends.get(name), grace(order), settings.concurrency());
        Tolerance tolerance = new Tolerance(settings.maxOrphanShare(), settings.maxOrphans(), settings.maxMissing());
        Mono<Void> guard = order.dryRun() ? volumes.check(place.backend()) : fences.check(name, place.backend());
        return new OrphanCleanup(orphans, guard, tolerance, meters, settings.interval(), place, order, stop).run();
    }

    /** What others write at this time, of whom this gateway does not know yet, is not unknown before it does. */
    private Duration grace(CleanupOrder order) {
        Duration grace = settings.graceFailed();
        return order.patient() || grace.compareTo(Fences.SURE) > 0 ? grace : Fences.SURE;
    }

    private static Mono<CleanupReport> failed(String step, @Nullable String backend, Throwable failure) {
        log.warn("event=cleanup_failed step={} backend={} reason={}", step, backend, LogText.value(failure.toString()));
        return Mono.just(new Failed(step, backend, String.valueOf(failure.getMessage())));
    }

    private static void tell(CleanupReport line) {
        if (line instanceof Compared end && end.outcome() != Outcome.BUSY) {
            log.info(
                    "event=cleanup_compared backend={} outcome={} looked_up={} listed={} unknown={} unfinished={} missing={}"
                            + " unreadable={} adopted={} removed={}",
                    end.backend(),
                    end.outcome(),
                    end.lookedUp(),
                    end.listed(),
                    end.counts().unknown(),
                    end.counts().unfinished(),
                    end.counts().missing(),
                    end.counts().unreadable(),
                    end.counts().adopted(),
                    end.counts().removed());
        }
    }
}
