package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.metadata.StorageObject;
import io.netty.handler.codec.http.HttpVersion;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The bytes of an object as a response body. Before the first header is sent the blob is looked at, so that a missing or
 * short one is an error and not a broken answer. On plain HTTP/1.1 a file goes out by sendfile.
 */
final class BlobBody {

    /** Buffers of one download that are read and not sent. */
    private static final int READ_AHEAD = 4;

    private final StorageBackend backend;

    BlobBody(StorageBackend backend) {
        this.backend = backend;
    }

    /** Completes with the body, these bytes, when the blob is there in full. */
    Mono<BodyInserter<Void, ReactiveHttpOutputMessage>> of(
            StorageObject object, ByteRange range, ServerHttpRequest request) {
        BlobKey key = new BlobKey(object.blobKey());
        BlobContent content = backend.read(key, range);
        return backend.stat(key)
                .map(stat -> checked(object, stat))
                .onErrorMap(BackendException.class, BackendAnswers::named)
                .map(whole -> (message, context) -> send(content, message, isPlainHttp1(request)));
    }

    private static Mono<Void> send(BlobContent content, ReactiveHttpOutputMessage message, boolean plain) {
        if (content.range().length() == 0) {
            return message.setComplete();
        }
        if (plain
                && content instanceof BlobContent.FileRegion region
                && message instanceof ZeroCopyHttpOutputMessage zeroCopy) {
            return zeroCopy.writeWith(
                    region.file(), region.range().offset(), region.range().length());
        }
        // the server asks for 128 buffers at a time
        return message.writeWith(
                content.bytes().limitRate(READ_AHEAD).doOnDiscard(DataBuffer.class, DataBufferUtils::release));
    }

    private static BlobStat checked(StorageObject object, BlobStat stat) {
        if (stat.size() != object.size()) {
            throw new BackendException.Truncated(stat.key(), object.size(), stat.size());
        }
        return stat;
    }

    /** TLS and HTTP/2 can't send a file without copying; there sendfile would read it on the event loop. */
    private static boolean isPlainHttp1(ServerHttpRequest request) {
        HttpServerRequest connection = ServerHttpRequestDecorator.getNativeRequest(request);
        return request.getSslInfo() == null && connection.version().equals(HttpVersion.HTTP_1_1);
    }
}
