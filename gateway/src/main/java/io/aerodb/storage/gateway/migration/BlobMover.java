package io.aerodb.storage.gateway.migration;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.cleanup.AbandonedBlobs;
import io.aerodb.storage.gateway.cleanup.OpenWrites;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.migration.Progress.Failed;
import io.aerodb.storage.gateway.migration.Progress.Moved;
import io.aerodb.storage.gateway.migration.Progress.Nothing;
import io.aerodb.storage.gateway.migration.Progress.Stalled;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.BlobSwitch;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.Migration;
import io.aerodb.storage.metadata.MigrationRepository;
import io.aerodb.storage.metadata.MovableBlob;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The way of one blob: ledger, bytes, switch. What was copied and is not referred to is given up again; an answer that got
 * lost does no harm, for to switch twice is to switch, and the ledger lets go only of what nobody refers to.
 */
final class BlobMover {

    private static final Logger log = LoggerFactory.getLogger(BlobMover.class);
    /** Others hold the rows, or the answer was lost. */
    private static final Retry PATIENCE = Retry.backoff(8, Duration.ofMillis(50))
            .maxBackoff(Duration.ofSeconds(2))
            .filter(MetadataException.class::isInstance)
            .onRetryExhaustedThrow((spec, last) -> last.failure());

    private final MigrationRepository migrations;
    private final BlobLedger ledger;
    private final AbandonedBlobs abandoned;
    private final StorageBackends backends;
    private final MigrationMeters meters;
    private final OpenWrites writes;
    private final Consumer<String> admission;

    /** @param admission throws a {@link StorageError} when nothing may be written to the backend of this name: it may be the wrong one */
    BlobMover(
            MigrationRepository migrations,
            BlobLedger ledger,
            StorageBackends backends,
            MigrationMeters meters,
            OpenWrites writes,
            Consumer<String> admission) {
        this.writes = writes;
        this.admission = admission;
        this.migrations = migrations;
        this.ledger = ledger;
        this.abandoned = new AbandonedBlobs(ledger, backends, PATIENCE);
        this.backends = backends;
        this.meters = meters;
    }

    /** Never fails. Stops before the switch when told to, and leaves nothing behind then. */
    Mono<Progress> move(Migration job, MovableBlob blob, Pace pace, Mono<Void> stop) {
        if (!backends.names().contains(blob.backend())) {
            return Mono.just(new Stalled("no backend '%s' is configured".formatted(blob.backend())));
        }
        return Mono.fromRunnable(() -> admit(job, blob))
                .then(writes.beginning(migrations.begin(job.id(), blob)))
                .flatMap(key -> writes.during(key, moved(job, blob, key, pace, stop)))
                .defaultIfEmpty(new Nothing())
                .onErrorResume(failure -> judged(job, blob, failure));
    }

    private Mono<Progress> moved(Migration job, MovableBlob blob, String key, Pace pace, Mono<Void> stop) {
        return copied(job, blob, key, pace)
                .takeUntilOther(stop)
                .flatMap(stored -> switched(job, blob, key, stored))
                .onErrorResume(failure -> discard(job, key).then(Mono.error(failure)))
                .switchIfEmpty(Mono.defer(() -> discard(job, key).thenReturn(new Nothing())));
    }

    private Mono<StoredBlob> copied(Migration job, MovableBlob blob, String key, Pace pace) {
        StorageBackend source = backends.get(blob.backend());
        WriteHints hints = new WriteHints(OptionalLong.of(blob.size()), Set.of());
        return backends.get(job.target())
                .write(new BlobKey(key), pace.read(source, new BlobKey(blob.key()), blob.size()), hints)
                .doOnNext(stored -> meters.copied(job.target(), stored.size()))
                .flatMap(stored -> verified(blob, stored))
                .doOnNext(stored -> admit(job, blob));
    }

    private void admit(Migration job, MovableBlob blob) {
        admission.accept(blob.backend());
        admission.accept(job.target());
    }

    private static Mono<StoredBlob> verified(MovableBlob blob, StoredBlob stored) {
        return stored.sha256().equals(blob.sha256())
                ? Mono.just(stored)
                : Mono.error(
                        () -> new BackendException.Corrupt(new BlobKey(blob.key()), blob.sha256(), stored.sha256()));
    }

    private Mono<Progress> switched(Migration job, MovableBlob blob, String key, StoredBlob stored) {
        return migrations
                .switchTo(job.id(), blob, key, stored.size(), stored.sha256())
                .retryWhen(PATIENCE)
                .flatMap(done -> concluded(job, key, done));
    }

    private Mono<Progress> concluded(Migration job, String key, BlobSwitch done) {
        return switch (done.outcome()) {
            case SWITCHED -> {
                meters.moved(job.target(), done.moved());
                yield Mono.just(new Moved());
            }
            case UNREFERENCED, STOPPED -> discard(job, key).thenReturn(new Nothing());
            case SWEPT, DIFFERS ->
                discard(job, key)
                        .thenReturn(new Stalled("a copy was given up, or the ledger changed, while it was written"));
        };
    }

    private Mono<Void> discard(Migration job, String key) {
        return abandoned.discard(job.target(), key);
    }

    private Mono<Progress> judged(Migration job, MovableBlob blob, Throwable failure) {
        return mayPass(failure)
                ? Mono.just(new Stalled(String.valueOf(failure.getMessage())))
                : failed(job, blob, failure)
                        .onErrorResume(untold -> Mono.just(new Stalled(String.valueOf(untold.getMessage()))));
    }

    private static boolean mayPass(Throwable failure) {
        return failure instanceof StorageError
                || failure instanceof MetadataException
                || failure instanceof BackendException.Unavailable
                || failure instanceof BackendException.InsufficientStorage;
    }

    /** What was deleted or overwritten meanwhile need not be moved. */
    private Mono<Progress> failed(Migration job, MovableBlob blob, Throwable failure) {
        String reason = "%s: %s".formatted(blob.path(), failure.getMessage());
        Mono<Boolean> damage = isDamage(failure) ? ledger.corrupt(blob.key()) : Mono.empty();
        return damage.then(migrations.fail(job.id(), blob, reason))
                .map(referenced -> referenced ? told(job, blob, failure) : new Nothing());
    }

    private Progress told(Migration job, MovableBlob blob, Throwable failure) {
        meters.failed(job.target());
        log.warn(
                "event=migration_blob_failed id={} bucket={} path={} key={} reason={}",
                job.id(),
                LogText.value(job.bucket()),
                LogText.value(blob.path()),
                blob.key(),
                LogText.value(failure.toString()));
        return new Failed();
    }

    private static boolean isDamage(Throwable failure) {
        return failure instanceof BackendException.NotFound
                || failure instanceof BackendException.Truncated
                || failure instanceof BackendException.Corrupt;
    }
}
