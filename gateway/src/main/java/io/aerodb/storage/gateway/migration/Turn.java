package io.aerodb.storage.gateway.migration;

import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.migration.Progress.Failed;
import io.aerodb.storage.gateway.migration.Progress.Moved;
import io.aerodb.storage.gateway.migration.Progress.Stalled;
import io.aerodb.storage.gateway.wiring.MigrationSettings;
import io.aerodb.storage.metadata.Migration;
import io.aerodb.storage.metadata.MigrationPage;
import io.aerodb.storage.metadata.MigrationRepository;
import io.aerodb.storage.metadata.MovableBlob;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One lease of one job: from its claim until nothing is left to do, something is in the way, or the job is taken away. A job
 * that can't go on is given back with a time when it is due again, so it keeps nobody from other jobs.
 */
final class Turn {

    private static final Logger log = LoggerFactory.getLogger(Turn.class);
    private static final int MOST_DOUBLINGS = 6;

    private final Migration job;
    private final MigrationRepository migrations;
    private final BlobMover mover;
    private final MigrationSettings settings;
    private final Pace pace;
    private final Sinks.Empty<Void> stop = Sinks.empty();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicReference<@Nullable String> stalled = new AtomicReference<>();
    private final AtomicLong found = new AtomicLong();
    private final AtomicLong progressed = new AtomicLong();

    Turn(Migration job, MigrationRepository migrations, BlobMover mover, MigrationSettings settings) {
        this.job = job;
        this.migrations = migrations;
        this.mover = mover;
        this.settings = settings;
        this.pace = new Pace(limit(job, settings.maxBytesPerSecond().toBytes()));
    }

    private static long limit(Migration job, long ofGateway) {
        Long own = job.maxBytesPerSecond();
        return own == null ? ofGateway : ofGateway == 0 ? own : Math.min(own, ofGateway);
    }

    /**
     * Never fails.
     *
     * @param end of all turns of this gateway
     */
    Mono<Void> run(Mono<Void> end) {
        Mono<Void> work = counted()
                .then(passes())
                .onErrorResume(this::interrupted)
                .then(Mono.defer(this::givenBack))
                .doFinally(signal -> ended.tryEmitEmpty());
        return Mono.when(work, beats(), end.doOnTerminate(this::stop).takeUntilOther(ended.asMono()));
    }

    private void stop() {
        stopped.set(true);
        stop.tryEmitEmpty();
    }

    private Flux<Boolean> beats() {
        return Flux.interval(settings.lease().dividedBy(3))
                .onBackpressureDrop()
                .concatMap(tick -> migrations.beat(job.id(), settings.lease()).onErrorComplete(), 0)
                .doOnNext(held -> {
                    if (!held) {
                        stop();
                    }
                })
                .takeUntilOther(ended.asMono());
    }

    private Mono<Void> counted() {
        return job.counted()
                ? Mono.empty()
                : migrations
                        .count(job.id())
                        .repeat(() -> !stopped.get())
                        .takeUntil(Boolean::booleanValue)
                        .then();
    }

    /** One after the other as long as they find something to do, and then the end, or a pause. */
    private Mono<Void> passes() {
        return pass().repeat().takeWhile(Boolean::booleanValue).then();
    }

    /** Whether there may be more to do at once. */
    private Mono<Boolean> pass() {
        return Mono.defer(() -> {
            found.set(0);
            progressed.set(0);
            return migrations.awaited(job.id()).flatMap(awaited -> swept().then(Mono.defer(() -> judged(awaited))));
        });
    }

    private Mono<Void> swept() {
        return migrations
                .page(job.id(), "")
                .expand(this::following)
                .concatMap(this::moved, 1)
                .then();
    }

    private Mono<MigrationPage> following(MigrationPage page) {
        String next = page.next();
        return next == null || stopped.get() ? Mono.empty() : migrations.page(job.id(), next);
    }

    private Mono<Void> moved(MigrationPage page) {
        return Flux.fromIterable(page.blobs())
                .takeWhile(blob -> !stopped.get())
                .flatMap(this::moved, settings.parallelism())
                .then();
    }

    private Mono<Progress> moved(MovableBlob blob) {
        found.incrementAndGet();
        return mover.move(job, blob, pace, stop.asMono()).doOnNext(this::note);
    }

    private void note(Progress progress) {
        if (progress instanceof Moved || progress instanceof Failed) {
            progressed.incrementAndGet();
        } else if (progress instanceof Stalled stall) {
            stalled.compareAndSet(null, stall.reason());
            stop();
        }
    }

    /** The uploads were looked for before the pass, so whatever they left behind was found by it. */
    private Mono<Boolean> judged(long awaited) {
        if (stopped.get()) {
            return Mono.just(false);
        }
        if (found.get() == 0 && awaited == 0) {
            return migrations.finish(job.id()).doOnNext(Turn::tellEnd).thenReturn(false);
        }
        return Mono.just(progressed.get() > 0);
    }

    private static void tellEnd(Migration end) {
        log.info(
                "event=migration_{} id={} bucket={} to={} objects={} bytes={} failed={}",
                end.state().word(),
                end.id(),
                LogText.value(end.bucket()),
                end.target(),
                end.objects(),
                end.bytes(),
                end.failed());
    }

    private Mono<Void> interrupted(Throwable failure) {
        stalled.compareAndSet(null, String.valueOf(failure.getMessage()));
        return Mono.empty();
    }

    /** Without effect on a job that has ended, or is another gateway's. */
    private Mono<Void> givenBack() {
        String reason = stalled.get();
        Mono<Void> given = reason == null
                ? migrations.pause(job.id(), stopped.get() ? Duration.ZERO : settings.pollInterval())
                : stall(reason);
        return given.onErrorComplete();
    }

    private Mono<Void> stall(String reason) {
        Duration pause = Duration.ofSeconds(1L << Math.min(job.stalls(), MOST_DOUBLINGS));
        log.warn(
                "event=migration_stalled id={} bucket={} to={} pause_s={} reason={}",
                job.id(),
                LogText.value(job.bucket()),
                job.target(),
                pause.toSeconds(),
                LogText.value(reason));
        return migrations.stall(job.id(), pause, reason);
    }
}
