package io.aerodb.storage.backend.s3.bench;

import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.s3.S3Settings;
import io.aerodb.storage.backend.s3.S3StorageBackend;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The backend, fed with pooled direct buffers of 128 KiB as they come from a socket. */
final class BackendUploader implements Uploader {

    private static final byte[] CHUNK = Noise.chunk();

    private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);
    private final S3StorageBackend backend;

    BackendUploader(S3Settings settings) {
        SdkUploader.makeBucket(settings);
        this.backend = S3StorageBackend.open(settings);
    }

    @Override
    public CompletableFuture<String> upload(long bytes) {
        String version = UUID.randomUUID().toString();
        BlobKey key = new BlobKey("bench/%s/%s~file".formatted(version.substring(0, 2), version));
        Flux<DataBuffer> content = Flux.range(0, (int) (bytes / CHUNK.length))
                .map(i -> (DataBuffer) buffers.allocateBuffer(CHUNK.length).write(CHUNK))
                .subscribeOn(Schedulers.parallel());
        return backend.write(key, content, new WriteHints(OptionalLong.of(bytes), Set.of()))
                .map(stored -> stored.key().value())
                .toFuture();
    }

    @Override
    public void delete(String name) {
        backend.delete(new BlobKey(name)).block(Duration.ofSeconds(60));
    }

    @Override
    public void close() {
        backend.close();
    }
}
