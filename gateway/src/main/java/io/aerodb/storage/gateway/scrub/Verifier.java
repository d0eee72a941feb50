package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ContentDigests;
import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.blob.Pace;
import io.aerodb.storage.gateway.cleanup.VolumeGuard;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.ScrubRepository.ExpectedBlob;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** Reads a blob and compares it with what the ledger says of it. Hashes one buffer after the other, on threads of its own. */
final class Verifier {

    private static final Logger log = LoggerFactory.getLogger(Verifier.class);
    private static final int ATTEMPTS = 3;

    private final VolumeGuard guard;
    private final Scheduler hashing;
    private final Retry patience;

    /** @param pause before something that is unavailable is asked once more; longer each time */
    Verifier(VolumeGuard guard, Scheduler hashing, Duration pause) {
        this.guard = guard;
        this.hashing = hashing;
        this.patience = Retry.backoff(ATTEMPTS, pause)
                .filter(BackendException.Unavailable.class::isInstance)
                .onRetryExhaustedThrow((spec, last) -> last.failure());
    }

    /** Fails when the backend can't be used as a whole, or holds another volume than the database's: then nothing is known. */
    Mono<Outcome> verify(StorageBackend backend, ExpectedBlob blob, Pace pace) {
        return backend.stat(new BlobKey(blob.key()))
                .flatMap(stat -> compared(backend, blob, stat, pace))
                .retryWhen(patience)
                .onErrorResume(BackendException.class, failure -> named(backend, blob, failure));
    }

    private Mono<Outcome> compared(StorageBackend backend, ExpectedBlob blob, BlobStat stat, Pace pace) {
        return stat.size() != blob.size()
                ? Mono.just(Outcome.TRUNCATED)
                : sha256(pace.read(backend, stat.key(), blob.size()))
                        .map(actual -> blob.sha256().equals(actual) ? Outcome.VERIFIED : Outcome.CHECKSUM);
    }

    /** What looks missing or unreadable is so only where everything else is in its place; what is no file is missing. */
    private Mono<Outcome> named(StorageBackend backend, ExpectedBlob blob, BackendException failure) {
        return guard.check(backend).then(Mono.fromSupplier(() -> named(blob, failure)));
    }

    private static Outcome named(ExpectedBlob blob, BackendException failure) {
        if (failure instanceof BackendException.NotFound) {
            return Outcome.MISSING;
        }
        if (failure instanceof BackendException.Truncated) {
            return Outcome.TRUNCATED;
        }
        log.warn("event=blob_unreadable key={} reason={}", blob.key(), LogText.value(failure.toString()));
        return Outcome.UNREADABLE;
    }

    private Mono<String> sha256(Flux<DataBuffer> bytes) {
        return Mono.defer(() -> {
            ContentDigests digests = new ContentDigests(Set.of());
            return bytes.concatMap(buffer -> taken(buffer, digests), 0)
                    .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                    .then(Mono.fromSupplier(() -> digests.hex().get(Digest.SHA_256)));
        });
    }

    /** The work is done and the buffer released also when nobody waits for it any more: who is stopped can't take back either. */
    private Mono<Void> taken(DataBuffer buffer, ContentDigests digests) {
        return Mono.create(end -> {
            try {
                hashing.schedule(() -> {
                    take(buffer, digests);
                    end.success();
                });
            } catch (RejectedExecutionException full) {
                DataBufferUtils.release(buffer);
                end.error(full);
            }
        });
    }

    private static void take(DataBuffer buffer, ContentDigests digests) {
        try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
            parts.forEachRemaining(digests::update);
        } finally {
            DataBufferUtils.release(buffer);
        }
    }
}
