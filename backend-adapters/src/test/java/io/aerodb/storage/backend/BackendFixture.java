package io.aerodb.storage.backend;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A backend under test, its buffers, and the steps that every test takes.
 *
 * @param unfinishedWrites how many unfinished writes the store holds, as its own tools would count them
 */
public record BackendFixture(StorageBackend backend, TrackedBuffers buffers, Callable<Long> unfinishedWrites) {

    public static final Duration LIMIT = Duration.ofSeconds(20);
    public static final int KIB = 1024;
    public static final int MIB = 1024 * KIB;

    /** Waits, with an eye quick enough for things that take microseconds. */
    public static ConditionFactory eventually(String situation) {
        return Awaitility.await(situation).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }

    public static BlobKey newKey() {
        String version = UUID.randomUUID().toString();
        return new BlobKey("photos/%s/%s~report.pdf".formatted(version.substring(0, 2), version));
    }

    /** Bytes that look like noise and are the same for the same seed. */
    public static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Content as it comes from a socket: on another thread, in buffers of 16 KiB. */
    public Flux<DataBuffer> content(byte[] bytes) {
        return buffers.content(bytes, 16 * KIB).subscribeOn(Schedulers.parallel());
    }

    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content) {
        return backend.write(key, content, WriteHints.NONE);
    }

    public StoredBlob store(BlobKey key, byte[] bytes) {
        return write(key, content(bytes)).blockOptional(LIMIT).orElseThrow();
    }

    public BlobKey stored(byte[] bytes) {
        return store(newKey(), bytes).key();
    }

    /** The bytes of a range; the buffers are released. */
    public Mono<byte[]> read(BlobKey key, long offset, long length) {
        return DataBufferUtils.join(
                        backend.read(key, new ByteRange(offset, length)).bytes())
                .map(BackendFixture::released)
                .defaultIfEmpty(new byte[0]);
    }

    public byte[] readAll(BlobKey key) {
        long size = backend.stat(key).blockOptional(LIMIT).orElseThrow().size();
        return read(key, 0, size).blockOptional(LIMIT).orElseThrow();
    }

    public List<BlobKey> listed() {
        return backend.list()
                .map(BlobStat::key)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    /** Whether {@code stat} finds the blob. */
    public boolean exists(BlobKey key) {
        return backend.stat(key)
                .map(found -> true)
                .onErrorReturn(BackendException.NotFound.class, false)
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    public boolean hasNothingUnfinished() throws Exception {
        return unfinishedWrites.call() == 0;
    }

    /** What is in a buffer, which is released. */
    public static byte[] released(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
