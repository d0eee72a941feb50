package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.StorageObject;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** What is done when a blob turns out to be damaged: it is counted each time, and noted in the database the first time. */
final class CorruptReads {

    private static final Logger log = LoggerFactory.getLogger(CorruptReads.class);

    private final BlobLedger ledger;
    private final Counter missing;
    private final Counter truncated;
    private final Counter checksum;
    private final Counter known;

    CorruptReads(BlobLedger ledger, MeterRegistry meters) {
        this.ledger = ledger;
        this.missing = counter(meters, "missing");
        this.truncated = counter(meters, "truncated");
        this.checksum = counter(meters, "checksum");
        this.known = counter(meters, "known");
    }

    /** Fails, for what is damaged was found and noted before. */
    <T> Mono<T> known() {
        return Mono.error(() -> {
            known.increment();
            return ErrorCode.CHECKSUM_MISMATCH.error();
        });
    }

    /** Fails with this failure, after it was noted when it says that the blob is damaged. */
    <T> Mono<T> noted(StorageObject object, BackendException failure) {
        if (failure instanceof BackendException.NotFound) {
            return noted(object, failure, missing);
        }
        if (failure instanceof BackendException.Truncated) {
            return noted(object, failure, truncated);
        }
        return failure instanceof BackendException.Corrupt ? noted(object, failure, checksum) : Mono.error(failure);
    }

    private <T> Mono<T> noted(StorageObject object, BackendException failure, Counter counter) {
        counter.increment();
        return ledger.corrupt(object.blobKey())
                .doOnError(untold -> log.warn("event=corruption_not_noted object_id={}", object.id(), untold))
                .onErrorComplete()
                .then(Mono.error(failure));
    }

    private static Counter counter(MeterRegistry meters, String reason) {
        return Counter.builder("storage.corrupt.reads")
                .description("Downloads that found the stored bytes missing or other than stored, or known to be so")
                .tag("reason", reason)
                .register(meters);
    }
}
