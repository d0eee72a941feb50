package io.aerodb.storage.backend.s3;

import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The body of one answer as a Flux that also hears of a connection that broke: the SDK's own publisher would wait for ever.
 * A body that nobody wants any more has to be taken and dropped, or its connection is never given back: {@link #close}.
 */
final class BodyRelay implements AsyncResponseTransformer<GetObjectResponse, BodyRelay> {

    private final Sinks.Empty<ByteBuffer> broken = Sinks.empty();
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile CompletableFuture<BodyRelay> answered = new CompletableFuture<>();
    private volatile @Nullable GetObjectResponse head;
    private volatile @Nullable SdkPublisher<ByteBuffer> body;
    private volatile boolean closed;

    /** Again before each attempt; a body is only ever given by the last one. */
    @Override
    public CompletableFuture<BodyRelay> prepare() {
        answered = new CompletableFuture<>();
        return answered;
    }

    @Override
    public void onResponse(GetObjectResponse response) {
        head = response;
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> publisher) {
        body = publisher;
        if (closed) {
            drop();
        }
        answered.complete(this);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        if (body == null) {
            answered.completeExceptionally(failure);
        } else {
            broken.tryEmitError(failure);
        }
    }

    /** Bytes of the object, from the range that was asked for, that this answer says it has. */
    long length() {
        return head == null ? 0 : head.contentLength();
    }

    /** Bytes of the object as a whole; empty when the answer does not say. */
    OptionalLong size() {
        GetObjectResponse answer = head;
        if (answer == null) {
            return OptionalLong.empty();
        }
        String range = answer.contentRange();
        return range == null ? OptionalLong.of(answer.contentLength()) : total(range);
    }

    /** @param range {@code bytes 0-9/1000} or, when it is not known of what, {@code bytes 0-9/*} */
    private static OptionalLong total(String range) {
        String total = range.substring(range.indexOf('/') + 1);
        return total.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total));
    }

    /** To be subscribed once. */
    Flux<ByteBuffer> bytes() {
        SdkPublisher<ByteBuffer> publisher = body;
        return publisher == null || !taken.compareAndSet(false, true)
                ? Flux.error(() -> new IllegalStateException("the body was taken"))
                : Flux.from(publisher).takeUntilOther(broken.asMono());
    }

    /** Nobody takes the body any more; one that is being read is cancelled by its subscriber. */
    void close() {
        closed = true;
        drop();
    }

    private void drop() {
        SdkPublisher<ByteBuffer> publisher = body;
        if (publisher != null && taken.compareAndSet(false, true)) {
            Flux.from(publisher).subscribe().dispose();
        }
    }
}
