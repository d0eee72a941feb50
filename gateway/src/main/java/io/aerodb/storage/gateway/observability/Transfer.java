package io.aerodb.storage.gateway.observability;

import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One upload or download under way, which is counted once, when it ends; its bytes are as they pass. */
public final class Transfer {

    private final TransferMeters kind;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile BucketMeters meters;

    Transfer(TransferMeters kind, BucketMeters meters) {
        this.kind = kind;
        this.meters = meters;
    }

    /** The database knows the bucket, by this name. */
    public void in(String bucket) {
        meters = kind.existing(bucket);
    }

    /** The same bytes, counted, whatever becomes of them. */
    public Flux<DataBuffer> counted(Flux<DataBuffer> content) {
        return content.doOnNext(buffer -> bytes(buffer.readableByteCount()));
    }

    /** The same work, whose end is that of this transfer; empty when its client left. */
    public <T> Mono<T> ending(Mono<T> work) {
        return failing(work).doOnSuccess(result -> end(result == null ? Outcome.ABORTED : Outcome.SUCCESS));
    }

    /** The same answer, with which it ends, be it by failing; or when it is sent, if it is. */
    public Mono<ServerResponse> answered(Mono<ServerResponse> answer) {
        return failing(answer).map(response -> new CountedAnswer(response, this));
    }

    <T> Mono<T> failing(Mono<T> work) {
        return work.doOnError(failure -> end(Outcome.of(failure))).doOnCancel(() -> end(Outcome.ABORTED));
    }

    void bytes(long more) {
        meters.bytes(more);
    }

    void end(Outcome outcome) {
        if (ended.compareAndSet(false, true)) {
            meters.ended(outcome);
        }
    }
}
