package io.aerodb.storage.gateway.blob;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** So many bytes a second for all who read by it together: each piece is opened when its turn has come. */
public final class Pace {

    private static final long SMALLEST_PIECE = 64 * 1024;
    private static final long LARGEST_PIECE = 8 * 1024 * 1024;

    private final long bytesPerSecond;
    private final long piece;
    private final long least;
    /** When the next piece may begin, in the time of {@link System#nanoTime}. */
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /** @param bytesPerSecond 0 for no limit */
    public Pace(long bytesPerSecond) {
        this(bytesPerSecond, 0);
    }

    /**
     * @param bytesPerSecond 0 for no limit
     * @param least bytes that a blob counts for, so that many small ones are no heavier load than few large ones
     */
    public Pace(long bytesPerSecond, long least) {
        this.bytesPerSecond = bytesPerSecond;
        this.least = least;
        this.piece = bytesPerSecond == 0
                ? Long.MAX_VALUE
                : Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, bytesPerSecond));
    }

    /** All bytes of a blob of this size. No buffer waits for its turn, so none is lost when the reader leaves. */
    public Flux<DataBuffer> read(StorageBackend source, BlobKey key, long size) {
        if (size <= piece) {
            return piece(source, key, ByteRange.whole(size));
        }
        return Flux.range(0, Math.toIntExact((size + piece - 1) / piece))
                .map(number -> new ByteRange(number * piece, Math.min(piece, size - number * piece)))
                .concatMap(range -> piece(source, key, range), 1);
    }

    private Flux<DataBuffer> piece(StorageBackend source, BlobKey key, ByteRange range) {
        return turn(Math.max(least, range.length()))
                .thenMany(Flux.defer(() -> source.read(key, range).bytes()));
    }

    private Mono<Long> turn(long bytes) {
        return bytesPerSecond == 0 ? Mono.empty() : Mono.defer(() -> Mono.delay(until(bytes)));
    }

    private Duration until(long bytes) {
        long now = System.nanoTime();
        long takes = bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        long end = next.updateAndGet(free -> (free - now > 0 ? free : now) + takes);
        return Duration.ofNanos(Math.max(0, end - takes - now));
    }
}
