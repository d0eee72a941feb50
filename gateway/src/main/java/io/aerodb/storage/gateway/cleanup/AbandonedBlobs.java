package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.FaultPoints;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.BlobLedger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** How a writer gives up a blob of its own that nobody refers to. */
public final class AbandonedBlobs {

    private static final Logger log = LoggerFactory.getLogger(AbandonedBlobs.class);

    private final BlobLedger ledger;
    private final StorageBackends backends;
    private final Retry patience;

    /** @param patience with a database that is busy or restarts */
    public AbandonedBlobs(BlobLedger ledger, StorageBackends backends, Retry patience) {
        this.ledger = ledger;
        this.backends = backends;
        this.patience = patience;
    }

    /**
     * The ledger first: only a blob that nobody can refer to any more may lose its bytes, and then its row. Never fails: a
     * sweeper finishes what fails here.
     *
     * @param backend the name of the one that it was written to
     */
    public Mono<Void> discard(String backend, String key) {
        return ledger.abandon(key)
                .retryWhen(patience)
                .filter(Boolean::booleanValue)
                .doOnNext(mine -> FaultPoints.reach("discard.abandoned"))
                .flatMap(mine -> deleted(backend, key)
                        .doOnSuccess(done -> FaultPoints.reach("discard.bytes-deleted"))
                        .then(ledger.forget(key).retryWhen(patience)))
                .onErrorResume(failure -> leftToSweeper(key, failure));
    }

    /** On a backend that this gateway does not have nothing was written. */
    private Mono<Void> deleted(String backend, String key) {
        return backends.names().contains(backend) ? backends.get(backend).delete(new BlobKey(key)) : Mono.empty();
    }

    private static Mono<Void> leftToSweeper(String key, Throwable failure) {
        log.warn("event=blob_left_to_sweeper key={} reason={}", key, LogText.value(failure.toString()));
        return Mono.empty();
    }
}
