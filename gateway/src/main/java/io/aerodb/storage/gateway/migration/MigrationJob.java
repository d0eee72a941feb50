package io.aerodb.storage.gateway.migration;

import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.jobs.StopSignal;
import io.aerodb.storage.gateway.wiring.MigrationSettings;
import io.aerodb.storage.metadata.Migration;
import io.aerodb.storage.metadata.MigrationRepository;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Works on migrations while this gateway runs, one at a time; other gateways work on others, or go on with this one's when it
 * has died. At its stop the copies under way are given up, and the job is due for whoever comes first.
 */
final class MigrationJob {

    private static final Logger log = LoggerFactory.getLogger(MigrationJob.class);

    private final MigrationRepository migrations;
    private final BlobMover mover;
    private final Set<String> targets;
    private final MigrationSettings settings;

    /** @param targets the backends that this gateway has */
    MigrationJob(MigrationRepository migrations, BlobMover mover, Set<String> targets, MigrationSettings settings) {
        this.migrations = migrations;
        this.mover = mover;
        this.targets = targets;
        this.settings = settings;
    }

    /** One migration after the other as long as some are due. Never fails. */
    Mono<Void> run(StopSignal stop) {
        return claimed(stop)
                .repeat(() -> !stop.isTold())
                .takeWhile(Boolean::booleanValue)
                .then();
    }

    /** Whether there was something to do. */
    private Mono<Boolean> claimed(StopSignal stop) {
        return migrations
                .claim(targets, settings.lease())
                .flatMap(job -> worked(job, stop))
                .onErrorResume(MigrationJob::notClaimed)
                .defaultIfEmpty(false);
    }

    private Mono<Boolean> worked(Migration job, StopSignal stop) {
        log.info("event=migration_claimed id={} bucket={} to={}", job.id(), LogText.value(job.bucket()), job.target());
        return new Turn(job, migrations, mover, settings).run(stop.told()).thenReturn(true);
    }

    private static Mono<Boolean> notClaimed(Throwable failure) {
        log.warn("event=migration_not_claimed reason={}", LogText.value(failure.toString()));
        return Mono.empty();
    }
}
