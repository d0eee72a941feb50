package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.gateway.http.ErrorCode;
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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The way of an upload: begin, bytes, commit; and what becomes of it when one of them fails or the client leaves.
 *
 * <p>Until the commit is sent, failure and cancellation give the blob up: the ledger lets go of it, the bytes are deleted,
 * the ledger row goes. Once the commit is sent nobody can cancel it; its outcome alone decides. An unknown outcome keeps
 * everything: the ledger knows it, and a sweeper that asks the ledger.
 */
final class Uploads {

    private static final Logger log = LoggerFactory.getLogger(Uploads.class);

    private final ObjectRepository objects;
    private final BlobLedger ledger;
    private final StorageBackend backend;
    private final UploadLimits limits;
    private final AtomicInteger open = new AtomicInteger();

    Uploads(ObjectRepository objects, BlobLedger ledger, StorageBackend backend, UploadLimits limits) {
        this.objects = objects;
        this.ledger = ledger;
        this.backend = backend;
        this.limits = limits;
    }

    /** Emits the object when it is durable and visible. Fails with a StorageError, and then nothing has changed. */
    Mono<StorageObject> accept(Upload upload) {
        return Mono.usingWhen(
                begin(upload),
                ticket -> store(ticket, upload).flatMap(stored -> commitDetached(ticket, upload, stored)),
                ticket -> Mono.empty(),
                (ticket, failure) -> giveUp(ticket),
                this::giveUp);
    }

    /** Uploads that are permitted and not concluded, whether or not their clients are still there. */
    int open() {
        return open.get();
    }

    /** The decision is made even if the client leaves meanwhile; then the ticket, if there is one, is given up. */
    private Mono<Ticket> begin(Upload upload) {
        return Mono.defer(() -> {
            CompletableFuture<Ticket> ticket = ticket(upload).toFuture();
            return Mono.fromFuture(ticket, true)
                    .doOnCancel(
                            () -> ticket.thenCompose(unused -> giveUp(unused).toFuture()));
        });
    }

    private Mono<Ticket> ticket(Upload upload) {
        long declared = upload.headers().contentLength().orElse(0);
        if (declared > limits.maxFileSize()) {
            return Mono.error(() -> UploadAnswers.tooLarge(upload, limits.maxFileSize()));
        }
        return objects.begin(upload.caller(), intent(upload))
                .onErrorMap(
                        MetadataException.class,
                        failure -> PermissionChecker.failed(upload.caller(), failure, "insert"))
                .flatMap(decision -> admitted(upload, decision));
    }

    private Mono<Ticket> admitted(Upload upload, UploadDecision decision) {
        if (decision instanceof Permitted permitted) {
            open.incrementAndGet();
            return Mono.just(new Ticket(permitted));
        }
        return Mono.error(() -> UploadAnswers.refused(upload, (Refused) decision));
    }

    private Mono<StoredBlob> store(Ticket ticket, Upload upload) {
        WriteHints hints = new WriteHints(
                upload.headers().contentLength(), upload.headers().digests().keySet());
        return backend.write(ticket.key(), guarded(ticket, upload), hints)
                .onErrorMap(BackendException.class, UploadAnswers::notStored)
                .flatMap(stored -> verified(upload, stored));
    }

    private Flux<DataBuffer> guarded(Ticket ticket, Upload upload) {
        Long bucketLimit = ticket.permitted().bucket().maxFileSize();
        long limit = Math.min(limits.maxFileSize(), bucketLimit == null ? Long.MAX_VALUE : bucketLimit);
        Flux<DataBuffer> timely =
                upload.body().timeout(limits.bodyIdleTimeout(), Mono.error(ErrorCode.REQUEST_TIMEOUT::error));
        return ByteLimit.of(limit, timely);
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

    /** From here to its answer the commit goes on even if the client leaves. */
    private Mono<StorageObject> commitDetached(Ticket ticket, Upload upload, StoredBlob stored) {
        if (!ticket.claim()) {
            return Mono.error(CancellationException::new);
        }
        return Mono.fromFuture(() -> commit(ticket, upload, stored).toFuture(), true);
    }

    private Mono<StorageObject> commit(Ticket ticket, Upload upload, StoredBlob stored) {
        return objects.commit(upload.caller(), completion(ticket, upload, stored))
                .flatMap(outcome -> concluded(ticket, upload, outcome))
                .doFinally(signal -> open.decrementAndGet());
    }

    private Mono<StorageObject> concluded(Ticket ticket, Upload upload, CommitOutcome outcome) {
        if (outcome instanceof Committed committed) {
            return Mono.just(committed.object());
        }
        if (outcome instanceof RolledBack rolledBack) {
            return discard(ticket).then(Mono.error(() -> UploadAnswers.rolledBack(upload, rolledBack.reason())));
        }
        return Mono.error(() -> UploadAnswers.unknown(((Unknown) outcome).reason()));
    }

    private Mono<Void> giveUp(Ticket ticket) {
        return Mono.defer(
                () -> ticket.claim() ? discard(ticket).doFinally(signal -> open.decrementAndGet()) : Mono.empty());
    }

    /** The ledger first: only a blob that nobody can commit any more may lose its bytes. A sweeper finishes what fails here. */
    private Mono<Void> discard(Ticket ticket) {
        String key = ticket.permitted().blobKey();
        return ledger.abandon(key)
                .filter(Boolean::booleanValue)
                .flatMap(mine -> backend.delete(ticket.key()).then(ledger.forget(key)))
                .onErrorResume(failure -> leftToSweeper(key, failure));
    }

    private static Mono<Void> leftToSweeper(String key, Throwable failure) {
        log.warn("msg=\"an abandoned blob is left to the sweeper\" key={} reason=\"{}\"", key, failure.toString());
        return Mono.empty();
    }

    private UploadIntent intent(Upload upload) {
        return new UploadIntent(
                upload.path().bucket(),
                upload.path().path(),
                limits.backend(),
                upload.headers().contentType(),
                upload.headers().contentLength(),
                UploadAnswers.rule(upload.condition()));
    }

    private static Completion completion(Ticket ticket, Upload upload, StoredBlob stored) {
        String cacheControl = upload.headers().cacheControl();
        return new Completion(
                ticket.permitted(),
                upload.path().path(),
                stored.size(),
                stored.sha256(),
                upload.headers().contentType(),
                cacheControl == null ? "no-cache" : cacheControl,
                upload.headers().contentEncoding(),
                upload.headers().metadata(),
                UploadAnswers.rule(upload.condition()));
    }

    /**
     * @param backend name of the backend that takes new blobs
     * @param maxFileSize bytes; holds whatever a bucket allows
     * @param bodyIdleTimeout longest wait for the next bytes of a body
     */
    record UploadLimits(String backend, long maxFileSize, Duration bodyIdleTimeout) {}
}
