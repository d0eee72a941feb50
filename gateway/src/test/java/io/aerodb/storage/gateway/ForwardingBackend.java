package io.aerodb.storage.gateway;

import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Another backend, of which a test changes what it needs to. */
public abstract class ForwardingBackend implements StorageBackend {

    private final StorageBackend backend;

    protected ForwardingBackend(StorageBackend backend) {
        this.backend = backend;
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        return backend.write(key, content, hints);
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        return backend.read(key, range);
    }

    @Override
    public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
        return backend.readAtOnce(key, size, range);
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return backend.delete(key);
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return backend.stat(key);
    }

    @Override
    public Flux<BlobStat> list() {
        return backend.list();
    }

    @Override
    public Mono<Void> check() {
        return backend.check();
    }
}
