package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.http.Connections;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Counts the body bytes that are handed to the connection, and keeps zero-copy answers zero-copy. */
class CountingResponse extends ServerHttpResponseDecorator {

    private final AtomicLong bytes = new AtomicLong();
    private final LongConsumer listener;

    private CountingResponse(ServerHttpResponse delegate, LongConsumer listener) {
        super(delegate);
        this.listener = listener;
    }

    static CountingResponse around(ServerHttpResponse response) {
        return around(response, more -> {});
    }

    /** @param listener told of the bytes as they are handed on, from any thread */
    static CountingResponse around(ServerHttpResponse response, LongConsumer listener) {
        return response instanceof ZeroCopyHttpOutputMessage zeroCopy
                ? new ZeroCopy(response, zeroCopy, listener)
                : new CountingResponse(response, listener);
    }

    long bytes() {
        return bytes.get();
    }

    /** Whether all that was announced has gone out, though its client may have left before that was noticed. */
    boolean isWhole() {
        long length = getHeaders().getContentLength();
        return isCommitted() && length >= 0 && bytes() >= length;
    }

    /** A Mono stays a Mono: Reactor Netty sends that in one go. */
    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return body instanceof Mono<? extends DataBuffer> one
                ? super.writeWith(one.doOnNext(this::count))
                : super.writeWith(Flux.from(body).doOnNext(this::count));
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return super.writeAndFlushWith(
                Flux.from(body).map(part -> Flux.from(part).doOnNext(this::count)));
    }

    private void count(DataBuffer buffer) {
        count(buffer.readableByteCount());
    }

    final void count(long more) {
        bytes.addAndGet(more);
        listener.accept(more);
    }

    private static final class ZeroCopy extends CountingResponse implements ZeroCopyHttpOutputMessage {

        private final ZeroCopyHttpOutputMessage zeroCopy;

        ZeroCopy(ServerHttpResponse delegate, ZeroCopyHttpOutputMessage zeroCopy, LongConsumer listener) {
            super(delegate, listener);
            this.zeroCopy = zeroCopy;
        }

        /** A file that the system sends is counted when it is sent, or broken off. */
        @Override
        public Mono<Void> writeWith(Path file, long position, long count) {
            return Connections.sending(this, zeroCopy.writeWith(file, position, count), count, this::count);
        }
    }
}
