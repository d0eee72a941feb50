package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import java.util.UUID;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Skeleton. */
public final class S3StorageBackend implements StorageBackend, AutoCloseable {

    private S3StorageBackend() {}

    /**
     * Connects to the bucket and proves each permission that is needed. Blocks; for start-up.
     *
     * @throws BackendException that says which setting or permission is wrong
     */
    public static S3StorageBackend open(S3Settings settings) {
        return new S3StorageBackend();
    }

    /** The id in the marker object, fixed when the bucket (or its prefix) was first used. */
    public UUID volumeId() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<BlobStat> list() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> check() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
