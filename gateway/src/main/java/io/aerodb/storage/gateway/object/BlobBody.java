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
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * The bytes of an object as a response body. A few are read first and sent together with the head; before the head of more the
 * blob is looked at. So one that is missing or has another size is an error and no broken answer. On plain HTTP/1.1 a file goes
 * out by sendfile, unless it is small or to be verified.
 */
final class BlobBody {

    /** Up to so many bytes a copy costs less than to have the system send the file. They stay in memory while a client does not read. */
    private static final int AT_ONCE = 64 << 10;

    /** Buffers of one download that are read and not sent. */
    private static final int READ_AHEAD = 4;

    private final StorageBackends backends;
    private final CorruptReads corrupt;

    BlobBody(StorageBackends backends, CorruptReads corrupt) {
        this.backends = backends;
        this.corrupt = corrupt;
    }

    /**
     * The body, these bytes. Of more than a few it is given when the blob is there in full; a few are read when the body is sent,
     * which fails before the head if the blob is not.
     *
     * @param verify whether the bytes, which are all, are compared with their SHA-256
     */
    Mono<ContentAnswer.Body> of(StorageObject object, ByteRange range, boolean verify, ServerHttpRequest request) {
        return range.length() <= AT_ONCE
                ? Mono.just(atOnce(object, range, verify))
                : streamed(object, range, verify, request);
    }

    private ContentAnswer.Body atOnce(StorageObject object, ByteRange range, boolean verify) {
        return ContentAnswer.atOnce(asked(object, backend -> readAtOnce(object, range, verify, backend)));
    }

    private static Mono<DataBuffer> readAtOnce(
            StorageObject object, ByteRange range, boolean verify, StorageBackend backend) {
        Mono<DataBuffer> bytes = backend.readAtOnce(key(object), object.size(), range);
        return verify ? VerifiedBytes.of(object, bytes) : bytes;
    }

    private Mono<ContentAnswer.Body> streamed(
            StorageObject object, ByteRange range, boolean verify, ServerHttpRequest request) {
        boolean byFile = !verify && isPlainHttp1(request);
        return asked(object, backend -> stat(object, backend).map(stat -> backend.read(stat.key(), range)))
                .map(content -> (response, head) -> {
                    head.run();
                    return byFile && content instanceof BlobContent.FileRegion region
                            ? send(region, response)
                            : send(bytes(object, content, verify), response);
                });
    }

    /** The answer to a reading of a blob that is known to be damaged. */
    <T> Mono<T> refused() {
        return corrupt.known();
    }

    /** Completes when the blob is there in full. */
    Mono<Void> present(StorageObject object) {
        return asked(object, backend -> stat(object, backend)).then();
    }

    /** What the object's backend says; a damaged blob is noted. */
    private <T> Mono<T> asked(StorageObject object, Function<StorageBackend, Mono<T>> question) {
        return Mono.defer(() -> question.apply(backends.get(object.backend())))
                .onErrorResume(BackendException.class, failure -> corrupt.noted(object, failure))
                .onErrorMap(BackendException.class, BackendAnswers::named);
    }

    private static Mono<BlobStat> stat(StorageObject object, StorageBackend backend) {
        return backend.stat(key(object)).doOnNext(stat -> stat.requireSize(object.size()));
    }

    private Flux<DataBuffer> bytes(StorageObject object, BlobContent content, boolean verify) {
        return (verify ? VerifiedBytes.of(object, content.bytes()) : content.bytes())
                .onErrorResume(BackendException.class, failure -> corrupt.noted(object, failure))
                .onErrorMap(BackendException.class, BackendAnswers::named);
    }

    private static Mono<Void> send(BlobContent.FileRegion region, ServerHttpResponse response) {
        return response instanceof ZeroCopyHttpOutputMessage zeroCopy
                ? zeroCopy.writeWith(
                        region.file(), region.range().offset(), region.range().length())
                : send(region.bytes(), response);
    }

    /** The server asks for 128 buffers at a time, which would all be read ahead. */
    private static Mono<Void> send(Flux<DataBuffer> bytes, ServerHttpResponse response) {
        return response.writeWith(bytes.limitRate(READ_AHEAD).doOnDiscard(DataBuffer.class, DataBufferUtils::release));
    }

    private static BlobKey key(StorageObject object) {
        return new BlobKey(object.blobKey());
    }

    /** TLS and HTTP/2 can't send a file without copying; there sendfile would read it on the event loop. */
    private static boolean isPlainHttp1(ServerHttpRequest request) {
        HttpServerRequest connection = ServerHttpRequestDecorator.getNativeRequest(request);
        return request.getSslInfo() == null && connection.version().equals(HttpVersion.HTTP_1_1);
    }
}
