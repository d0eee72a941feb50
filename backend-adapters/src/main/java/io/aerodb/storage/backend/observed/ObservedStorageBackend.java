package io.aerodb.storage.backend.observed;

import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A backend whose calls are timed by {@value #LATENCY} with the tags {@code operation} and {@code backend}, and whose failures are
 * counted. Only its own time counts and not that of clients: of a write that from the last byte it is given to its end, of reads
 * and lists that to the first element. A read is seen when its {@code bytes()} are used; a file region that the server sends by
 * itself is not.
 */
public final class ObservedStorageBackend implements StorageBackend {

    /** In Prometheus {@code storage_backend_latency_seconds}. */
    public static final String LATENCY = "storage.backend.latency";

    private final StorageBackend backend;
    private final OperationMeters write;
    private final OperationMeters read;
    private final OperationMeters delete;
    private final OperationMeters stat;
    private final OperationMeters list;
    private final OperationMeters check;

    /** @param name the value of the tag {@code backend} */
    public ObservedStorageBackend(StorageBackend backend, String name, MeterRegistry registry) {
        this.backend = backend;
        this.write = new OperationMeters("write", name, registry);
        this.read = new OperationMeters("read", name, registry);
        this.delete = new OperationMeters("delete", name, registry);
        this.stat = new OperationMeters("stat", name, registry);
        this.list = new OperationMeters("list", name, registry);
        this.check = new OperationMeters("check", name, registry);
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        return Mono.defer(() -> {
            Stopwatch watch = write.watch();
            return backend.write(key, content.doOnComplete(watch::start), hints)
                    .doOnError(write::failed)
                    .doFinally(end -> watch.stop());
        });
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        BlobContent content = backend.read(key, range);
        Flux<DataBuffer> bytes = read.observed(content.bytes());
        return content instanceof BlobContent.FileRegion region
                ? new BlobContent.FileRegion(region.file(), range, bytes)
                : new BlobContent.Streamed(range, bytes);
    }

    @Override
    public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
        return read.observed(backend.readAtOnce(key, size, range));
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return delete.observed(backend.delete(key));
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return stat.observed(backend.stat(key));
    }

    @Override
    public Flux<BlobStat> list() {
        return list.observed(backend.list());
    }

    @Override
    public Mono<Void> check() {
        return check.observed(backend.check());
    }

    /** Of the backend itself, and not timed. */
    @Override
    public <A> Optional<A> ability(Class<A> type) {
        return backend.ability(type);
    }
}
