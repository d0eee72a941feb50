package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ErrorCode;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/** Counts the bytes of one body and ends it when they pass the limit. */
final class ByteLimit {

    private final long limit;
    private long received;

    private ByteLimit(long limit) {
        this.limit = limit;
    }

    /** The same buffers; an EntityTooLarge error in place of the one that passes the limit, which is released. */
    static Flux<DataBuffer> of(long limit, Flux<DataBuffer> body) {
        return Flux.defer(() -> body.handle(new ByteLimit(limit)::count));
    }

    private void count(DataBuffer buffer, SynchronousSink<DataBuffer> sink) {
        received += buffer.readableByteCount();
        if (received <= limit) {
            sink.next(buffer);
            return;
        }
        DataBufferUtils.release(buffer);
        sink.error(ErrorCode.ENTITY_TOO_LARGE.error().with("limit", limit).with("received", received));
    }
}
