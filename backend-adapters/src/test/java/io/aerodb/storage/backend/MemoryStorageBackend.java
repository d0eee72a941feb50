package io.aerodb.storage.backend;

import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/** A backend on the heap, for tests of what stands on the port. It passes the contract. */
public final class MemoryStorageBackend implements StorageBackend {

    private static final int CHUNK = 64 << 10;
    private static final int PREFETCH = 16;

    private record Blob(byte[] bytes, Instant lastModified) {}

    private final Map<BlobKey, Blob> blobs = new ConcurrentHashMap<>();
    private final Set<Upload> unfinished = new HashSet<>();
    private final NettyDataBufferFactory buffers;

    public MemoryStorageBackend() {
        this(ByteBufAllocator.DEFAULT);
    }

    public MemoryStorageBackend(ByteBufAllocator allocator) {
        this.buffers = new NettyDataBufferFactory(allocator);
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        return Mono.defer(() -> {
            Upload upload = begin(key, hints);
            return content.limitRate(PREFETCH)
                    .doOnNext(upload::take)
                    .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                    .then(Mono.fromCallable(() -> publish(upload)))
                    .doOnDiscard(StoredBlob.class, blob -> blobs.remove(blob.key()))
                    .doFinally(end -> forget(upload));
        });
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        Flux<DataBuffer> bytes =
                Flux.defer(() -> Flux.generate(range::offset, (at, sink) -> next(key, at, range.end(), sink)));
        return new BlobContent.Streamed(range, bytes);
    }

    @Override
    public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
        return Mono.<DataBuffer>fromCallable(() -> part(key, size, range))
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }

    private DataBuffer part(BlobKey key, long size, ByteRange range) {
        byte[] bytes = found(key).bytes();
        if (bytes.length != size || range.end() > size) {
            throw new BackendException.Truncated(key, Math.max(size, range.end()), bytes.length);
        }
        int length = (int) range.length();
        return buffers.allocateBuffer(length).write(bytes, (int) range.offset(), length);
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return Mono.fromRunnable(() -> remove(key));
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return Mono.fromCallable(() -> stat(key, found(key)));
    }

    @Override
    public Flux<BlobStat> list() {
        return Flux.defer(() -> Flux.fromIterable(blobs.entrySet()))
                .map(entry -> stat(entry.getKey(), entry.getValue()));
    }

    @Override
    public Mono<Void> check() {
        return Mono.empty();
    }

    /** Writes that have begun and not ended. */
    public synchronized long unfinishedWrites() {
        return unfinished.size();
    }

    private synchronized Upload begin(BlobKey key, WriteHints hints) {
        if (blobs.containsKey(key)) {
            throw new BackendException.AlreadyExists(key);
        }
        Upload upload = new Upload(key, hints);
        unfinished.add(upload);
        return upload;
    }

    private synchronized StoredBlob publish(Upload upload) {
        StoredBlob stored = upload.complete();
        if (!unfinished.remove(upload)) {
            throw new BackendException.Unavailable("'%s' was deleted while it was written".formatted(upload.key), null);
        }
        if (blobs.putIfAbsent(upload.key, new Blob(upload.bytes.toByteArray(), Instant.now())) != null) {
            throw new BackendException.AlreadyExists(upload.key);
        }
        return stored;
    }

    private synchronized void forget(Upload upload) {
        unfinished.remove(upload);
    }

    private synchronized void remove(BlobKey key) {
        unfinished.removeIf(upload -> upload.key.equals(key));
        blobs.remove(key);
    }

    private long next(BlobKey key, long at, long end, SynchronousSink<DataBuffer> sink) {
        byte[] bytes = found(key).bytes();
        if (bytes.length < end) {
            throw new BackendException.Truncated(key, end, bytes.length);
        }
        int length = (int) Math.min(CHUNK, end - at);
        if (length == 0) {
            sink.complete();
        } else {
            sink.next(buffers.allocateBuffer(length).write(bytes, (int) at, length));
        }
        return at + length;
    }

    private Blob found(BlobKey key) {
        @Nullable Blob blob = blobs.get(key);
        if (blob == null) {
            throw new BackendException.NotFound(key);
        }
        return blob;
    }

    private static BlobStat stat(BlobKey key, Blob blob) {
        return new BlobStat(key, blob.bytes().length, blob.lastModified());
    }

    /** One write under way; used by one thread at a time. */
    private static final class Upload {

        private final BlobKey key;
        private final WriteHints hints;
        private final ContentDigests digests;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Upload(BlobKey key, WriteHints hints) {
            this.key = key;
            this.hints = hints;
            this.digests = new ContentDigests(hints.digests());
        }

        void take(DataBuffer buffer) {
            byte[] part = new byte[buffer.readableByteCount()];
            buffer.read(part);
            DataBufferUtils.release(buffer);
            bytes.writeBytes(part);
            digests.update(ByteBuffer.wrap(part));
            requireLength(bytes.size() <= hints.declaredLength().orElse(bytes.size()));
        }

        StoredBlob complete() {
            requireLength(bytes.size() == hints.declaredLength().orElse(bytes.size()));
            return new StoredBlob(key, bytes.size(), digests.hex());
        }

        private void requireLength(boolean right) {
            if (!right) {
                throw new BackendException.LengthMismatch(hints.declaredLength().orElse(0), bytes.size());
            }
        }
    }
}
