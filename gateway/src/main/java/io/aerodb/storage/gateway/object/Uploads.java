package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.gateway.cleanup.AbandonedBlobs;
import io.aerodb.storage.gateway.cleanup.OpenWrites;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.observability.Transfer;
import io.aerodb.storage.gateway.observability.TransferMeters;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.CommitOutcome;
import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.CommitOutcome.Unknown;
import io.aerodb.storage.metadata.Completion;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.ObjectRepository;
import io.aerodb.storage.metadata.StorageObject;
import io.aerodb.storage.metadata.UploadDecision;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadDecision.Refused;
import io.aerodb.storage.metadata.UploadIntent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * The way of an upload: begin, bytes, commit; and what becomes of it when one of them fails or the client leaves.
 *
 * <p>An upload runs to its end by itself; that the client left is one signal, which counts while bytes come and at no other
 * time. A body that fails or is left gives the blob up: the ledger lets go of it, the bytes are deleted, the ledger row
 * goes. Once the bytes are stored the commit is sent, and its outcome alone decides. An unknown outcome keeps everything: the
 * ledger knows it, and a sweeper that asks the ledger.
 */
final class Uploads {

    /** A database that is busy or restarts must not leave the bytes of a failed upload to a sweeper: half a minute. */
    private static final Retry PATIENCE = Retry.backoff(10, Duration.ofMillis(200))
            .maxBackoff(Duration.ofSeconds(5))
            .onRetryExhaustedThrow((spec, last) -> last.failure());
    /** How long a refusal waits for the compensation, which goes on without it. */
    private static final Duration COURTESY = Duration.ofSeconds(2);

    private final ObjectRepository objects;
    private final AbandonedBlobs abandoned;
    private final StorageBackends backends;
    private final long maxFileSize;
    private final OpenWrites writes;
    private final TransferMeters meters;
    private final Consumer<String> admission;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param maxFileSize bytes; holds whatever a bucket allows
     * @param admission throws what is answered when nothing may be written to the backend of this name
     */
    Uploads(
            ObjectRepository objects,
            BlobLedger ledger,
            StorageBackends backends,
            long maxFileSize,
            OpenWrites writes,
            TransferMeters meters,
            Consumer<String> admission) {
        this.writes = writes;
        this.meters = meters;
        this.admission = admission;
        this.objects = objects;
        this.abandoned = new AbandonedBlobs(ledger, backends, PATIENCE);
        this.backends = backends;
        this.maxFileSize = maxFileSize;
    }

    /** Emits the object when it is durable and visible. Fails with a StorageError, and then nothing has changed. */
    Mono<StorageObject> accept(Upload upload) {
        return Mono.deferContextual(context -> {
            Sinks.Empty<Void> gone = Sinks.empty();
            // as a signal, because a failure that nobody hears any more would be logged as a defect
            return Mono.fromFuture(
                            run(upload, gone.asMono())
                                    .contextWrite(context)
                                    .materialize()
                                    .toFuture(),
                            true)
                    .doOnCancel(gone::tryEmitEmpty)
                    .dematerialize();
        });
    }

    /** Uploads and compensations that have begun and not ended, whether or not their clients are still there. */
    int open() {
        return open.get();
    }

    private Mono<StorageObject> run(Upload upload, Mono<Void> gone) {
        Transfer transfer = meters.begin(upload.path().bucket());
        Upload counted = upload.with(transfer.counted(upload.body()));
        return transfer.ending(writes.beginning(begin(upload))
                        .doOnNext(permit -> transfer.in(permit.bucket().name()))
                        .flatMap(permit -> writes.during(permit.blobKey(), written(permit, counted, gone))))
                .doFirst(open::incrementAndGet)
                .doFinally(end -> open.decrementAndGet());
    }

    private Mono<StorageObject> written(Permitted permit, Upload upload, Mono<Void> gone) {
        return completed(permit, upload, gone).flatMap(completion -> commit(upload, completion));
    }

    private Mono<Permitted> begin(Upload upload) {
        if (upload.leastSize().orElse(0) > maxFileSize) {
            return Mono.error(() -> UploadAnswers.tooLarge(upload, maxFileSize));
        }
        return objects.begin(upload.caller(), intent(upload))
                .onErrorMap(
                        MetadataException.class,
                        failure -> PermissionChecker.failed(upload.caller(), failure, "insert"))
                .flatMap(decision -> permitted(upload, decision));
    }

    private static Mono<Permitted> permitted(Upload upload, UploadDecision decision) {
        return decision instanceof Permitted permit
                ? Mono.just(permit)
                : Mono.error(() -> UploadAnswers.refused(upload, (Refused) decision));
    }

    /** All that the commit says, so that nothing can fail any more before it is sent; or nothing, when the client left. */
    private Mono<Completion> completed(Permitted permit, Upload upload, Mono<Void> gone) {
        return store(permit, upload)
                .map(stored -> completion(permit, upload, stored))
                .doOnNext(completion -> admission.accept(permit.backend()))
                .doOnNext(completion -> FaultPoints.reach("upload.before-commit"))
                .doFirst(() -> admission.accept(permit.backend()))
                .doFirst(() -> FaultPoints.reach("upload.begun"))
                .takeUntilOther(gone)
                .onErrorResume(failure -> discard(permit).then(Mono.error(failure)))
                .switchIfEmpty(Mono.defer(() -> discard(permit).then(Mono.empty())));
    }

    private Mono<StoredBlob> store(Permitted permit, Upload upload) {
        WriteHints hints = new WriteHints(
                upload.headers().contentLength(), upload.headers().digests().keySet());
        return Mono.fromSupplier(() -> backends.get(permit.backend()))
                .flatMap(backend -> backend.write(new BlobKey(permit.blobKey()), limited(permit, upload), hints))
                .onErrorMap(BackendException.class, BackendAnswers::named)
                .doOnNext(stored -> FaultPoints.reach("upload.stored"))
                .flatMap(stored -> verified(upload, stored));
    }

    private Flux<DataBuffer> limited(Permitted permit, Upload upload) {
        Long bucketLimit = permit.bucket().maxFileSize();
        return ByteLimit.of(bucketLimit == null ? maxFileSize : Math.min(maxFileSize, bucketLimit), upload.body());
    }

    private static Mono<StoredBlob> verified(Upload upload, StoredBlob stored) {
        for (Map.Entry<Digest, String> expected : upload.headers().digests().entrySet()) {
            if (!expected.getValue().equals(stored.digests().get(expected.getKey()))) {
                return Mono.error(() -> ErrorCode.BAD_DIGEST.because("The content does not match its %s digest"
                        .formatted(expected.getKey().algorithm())));
            }
        }
        return Mono.just(stored);
    }

    private Mono<StorageObject> commit(Upload upload, Completion completion) {
        return objects.commit(upload.caller(), completion)
                .doOnNext(outcome -> FaultPoints.reach("upload.after-commit"))
                .flatMap(outcome -> concluded(completion.permitted(), upload, outcome));
    }

    private Mono<StorageObject> concluded(Permitted permit, Upload upload, CommitOutcome outcome) {
        if (outcome instanceof Committed committed) {
            return Mono.just(committed.object());
        }
        if (outcome instanceof RolledBack rolledBack) {
            return discard(permit)
                    .then(Mono.error(() -> UploadAnswers.rolledBack(upload, permit, rolledBack.reason())));
        }
        return Mono.error(() -> UploadAnswers.unknown(((Unknown) outcome).reason()));
    }

    private Mono<Void> discard(Permitted permit) {
        Mono<Void> counted = abandoned
                .discard(permit.backend(), permit.blobKey())
                .doFirst(open::incrementAndGet)
                .doFinally(end -> open.decrementAndGet());
        return Mono.fromFuture(counted::toFuture, true).timeout(COURTESY, Mono.empty());
    }

    private UploadIntent intent(Upload upload) {
        return new UploadIntent(
                upload.path().bucket(),
                upload.path().path(),
                backends.defaultName(),
                upload.headers().contentType(),
                upload.leastSize(),
                UploadAnswers.rule(upload.condition()),
                upload.link());
    }

    private static Completion completion(Permitted permit, Upload upload, StoredBlob stored) {
        UploadHeaders headers = upload.finalHeaders().get();
        String cacheControl = headers.cacheControl();
        return new Completion(
                permit,
                upload.path().path(),
                stored.size(),
                stored.sha256(),
                headers.contentType(),
                cacheControl == null ? "no-cache" : cacheControl,
                headers.contentEncoding(),
                headers.metadata(),
                UploadAnswers.rule(upload.condition()),
                upload.link());
    }
}
