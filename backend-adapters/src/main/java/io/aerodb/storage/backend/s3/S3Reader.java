package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.util.retry.Retry;

/** One subscription to the bytes of one range. What breaks in the middle is asked for again from where it broke. */
final class S3Reader {

    private static final int RESUMPTIONS = 3;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final S3Bucket bucket;
    private final BlobKey key;
    private final ByteRange range;
    private final OptionalLong size;
    private long position;
    private boolean begun;

    private S3Reader(S3Bucket bucket, BlobKey key, ByteRange range, OptionalLong size) {
        this.bucket = bucket;
        this.key = key;
        this.range = range;
        this.size = size;
        this.position = range.offset();
    }

    static Flux<DataBuffer> bytes(S3Bucket bucket, BlobKey key, ByteRange range) {
        return range.length() == 0
                ? existing(bucket, key)
                : Flux.defer(() -> new S3Reader(bucket, key, range, OptionalLong.empty()).bytes());
    }

    /** The same of an object that has to have this size. Not for an empty range, for which S3 is not asked for bytes. */
    static Flux<DataBuffer> bytes(S3Bucket bucket, BlobKey key, ByteRange range, long size) {
        return Flux.defer(() -> new S3Reader(bucket, key, range, OptionalLong.of(size)).bytes());
    }

    private static Flux<DataBuffer> existing(S3Bucket bucket, BlobKey key) {
        return Mono.fromFuture(() -> bucket.head(key))
                .onErrorMap(failure -> Failures.translated("read", key, failure))
                .thenMany(Flux.empty());
    }

    /** The attempts are counted anew with every byte. A call without an answer was made again by the SDK already. */
    private Flux<DataBuffer> bytes() {
        return onDemand(Flux.defer(this::rest))
                .retryWhen(Retry.backoff(RESUMPTIONS, PAUSE)
                        .transientErrors(true)
                        .filter(failure -> begun && failure instanceof BackendException.Unavailable)
                        .onRetryExhaustedThrow((spec, last) -> last.failure()));
    }

    /** Subscribes when something is asked for: who pauses so long that his connection ends gets another one when he goes on. */
    private static Flux<DataBuffer> onDemand(Flux<DataBuffer> bytes) {
        return Flux.<DataBuffer>generate(SynchronousSink::complete).concatWith(bytes);
    }

    private Flux<DataBuffer> rest() {
        BodyRelay relay = new BodyRelay();
        begun = false;
        CompletableFuture<BodyRelay> call = bucket.get(key, position, range.end(), relay);
        return Mono.fromFuture(call)
                .flatMapMany(this::body)
                .concatWith(Mono.defer(this::end))
                .onErrorMap(this::translated)
                .doFinally(end -> relay.close());
    }

    private Flux<DataBuffer> body(BodyRelay relay) {
        begun = true;
        if (relay.length() < range.end() - position) {
            return Flux.error(new BackendException.Truncated(key, range.end(), position + relay.length()));
        }
        if (relay.length() > range.end() - position) { // as of a server that knows no ranges: other bytes, and too many
            return Flux.error(
                    new BackendException.Failed("read of '%s': S3 gives more than a range".formatted(key), null));
        }
        OptionalLong actual = relay.size();
        if (size.isPresent() && actual.isPresent() && !actual.equals(size)) {
            return Flux.error(new BackendException.Truncated(key, size.getAsLong(), actual.getAsLong()));
        }
        return relay.bytes().onErrorMap(this::broken).map(this::counted);
    }

    /** Whatever broke the body, asking for the rest may help. */
    private BackendException broken(Throwable failure) {
        return new BackendException.Unavailable("read of '%s': the body broke".formatted(key), failure);
    }

    private DataBuffer counted(ByteBuffer bytes) {
        position += bytes.remaining();
        return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
    }

    private Mono<DataBuffer> end() {
        return position == range.end()
                ? Mono.empty()
                : Mono.error(new BackendException.Unavailable("read of '%s': the body was cut".formatted(key), null));
    }

    private Throwable translated(Throwable failure) {
        return Failures.isBeyondTheEnd(failure)
                ? new BackendException.Truncated(key, range.end(), position)
                : Failures.translated("read", key, failure);
    }
}
