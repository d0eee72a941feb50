package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.metadata.StorageObject;
import io.netty.handler.codec.http.HttpVersion;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ReactiveHttpOutputMessage;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The bytes of an object as a response body. Before the first header is sent the blob is looked at, so that a missing or
 * short one is an error and not a broken answer. On plain HTTP/1.1 a file goes out by sendfile, unless it is to be verified.
 */
final class BlobBody {

    /** Buffers of one download that are read and not sent. */
    private static final int READ_AHEAD = 4;

    private final StorageBackends backends;
    private final CorruptReads corrupt;

    BlobBody(StorageBackends backends, CorruptReads corrupt) {
        this.backends = backends;
        this.corrupt = corrupt;
    }

    /**
     * Completes with the body, these bytes, when the blob is there in full.
     *
     * @param verify whether the bytes, which are all, are compared with their SHA-256
     */
    Mono<BodyInserter<Void, ReactiveHttpOutputMessage>> of(
            StorageObject object, ByteRange range, boolean verify, ServerHttpRequest request) {
        boolean byFile = !verify && isPlainHttp1(request);
        return whole(object, backend -> backend.read(new BlobKey(object.blobKey()), range))
                .map(content -> byFile && content instanceof BlobContent.FileRegion region
                        ? (message, context) -> send(region, message)
                        : (message, context) -> send(bytes(object, content, verify), message));
    }

    /** The answer to a reading of a blob that is known to be damaged. */
    <T> Mono<T> refused() {
        return corrupt.known();
    }

    /** Completes when the blob is there in full. */
    Mono<Void> present(StorageObject object) {
        return whole(object, Function.identity()).then();
    }

    /** What is wanted of the backend, when the blob is there in full. */
    private <T> Mono<T> whole(StorageObject object, Function<StorageBackend, T> wanted) {
        return Mono.fromSupplier(() -> backends.get(object.backend()))
                .flatMap(backend -> stat(object, backend).map(stat -> wanted.apply(backend)))
                .onErrorResume(BackendException.class, failure -> corrupt.noted(object, failure))
                .onErrorMap(BackendException.class, BackendAnswers::named);
    }

    private static Mono<BlobStat> stat(StorageObject object, StorageBackend backend) {
        return backend.stat(new BlobKey(object.blobKey())).doOnNext(stat -> check(object, stat));
    }

    private Flux<DataBuffer> bytes(StorageObject object, BlobContent content, boolean verify) {
        if (content.range().length() == 0) {
            return Flux.empty();
        }
        return (verify ? VerifiedBytes.of(object, content.bytes()) : content.bytes())
                .onErrorResume(BackendException.class, failure -> corrupt.noted(object, failure))
                .onErrorMap(BackendException.class, BackendAnswers::named);
    }

    private static Mono<Void> send(BlobContent.FileRegion region, ReactiveHttpOutputMessage message) {
        ByteRange range = region.range();
        if (range.length() == 0) {
            return message.setComplete();
        }
        return message instanceof ZeroCopyHttpOutputMessage zeroCopy
                ? zeroCopy.writeWith(region.file(), range.offset(), range.length())
                : send(region.bytes(), message);
    }

    /** The server asks for 128 buffers at a time, which would all be read ahead. */
    private static Mono<Void> send(Flux<DataBuffer> bytes, ReactiveHttpOutputMessage message) {
        return message.writeWith(bytes.limitRate(READ_AHEAD).doOnDiscard(DataBuffer.class, DataBufferUtils::release));
    }

    private static void check(StorageObject object, BlobStat stat) {
        if (stat.size() != object.size()) {
            throw new BackendException.Truncated(stat.key(), object.size(), stat.size());
        }
    }

    /** TLS and HTTP/2 can't send a file without copying; there sendfile would read it on the event loop. */
    private static boolean isPlainHttp1(ServerHttpRequest request) {
        HttpServerRequest connection = ServerHttpRequestDecorator.getNativeRequest(request);
        return request.getSslInfo() == null && connection.version().equals(HttpVersion.HTTP_1_1);
    }
}
