package io.aerodb.storage.gateway.migration;

import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.wiring.MigrationSettings;
import io.aerodb.storage.metadata.Migration;
import io.aerodb.storage.metadata.MigrationRepository;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Works on migrations while this gateway runs, one at a time; other gateways work on others, or go on with this one's when it
 * has died. At its stop the copies under way are given up, and the job is due for whoever comes first.
 */
final class MigrationRunner implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(MigrationRunner.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    private final MigrationRepository migrations;
    private final BlobMover mover;
    private final Set<String> targets;
    private final MigrationSettings settings;
    private volatile Sinks.Empty<Void> stop = Sinks.empty();
    private volatile Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean running;

    /** @param targets the backends that this gateway has */
    MigrationRunner(MigrationRepository migrations, BlobMover mover, Set<String> targets, MigrationSettings settings) {
        this.migrations = migrations;
        this.mover = mover;
        this.targets = targets;
        this.settings = settings;
    }

    @Override
    public void start() {
        stop = Sinks.empty();
        ended = Sinks.empty();
        running = true;
        turn().repeat(() -> running).doFinally(end -> ended.tryEmitEmpty()).subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        stop.tryEmitEmpty();
        ended.asMono()
                .timeout(LONGEST_STOP, Mono.empty())
                .doFinally(end -> callback.run())
                .subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the lease of this instance ends. */
    @Override
    public int getPhase() {
        return -1;
    }

    private Mono<Void> turn() {
        return migrations
                .claim(targets, settings.lease())
                .flatMap(this::worked)
                .onErrorResume(MigrationRunner::notClaimed)
                .switchIfEmpty(Mono.defer(this::idle))
                .then();
    }

    private Mono<Boolean> worked(Migration job) {
        log.info("event=migration_claimed id={} bucket={} to={}", job.id(), LogText.value(job.bucket()), job.target());
        return new Turn(job, migrations, mover, settings).run(stop.asMono()).thenReturn(true);
    }

    private Mono<Boolean> idle() {
        return Mono.delay(settings.pollInterval()).takeUntilOther(stop.asMono()).thenReturn(false);
    }

    private static Mono<Boolean> notClaimed(Throwable failure) {
        log.warn("event=migration_not_claimed reason={}", LogText.value(failure.toString()));
        return Mono.empty();
    }
}
