package io.aerodb.storage.backend.observed;

import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A backend whose calls are timed from subscription to completion, failure or cancellation, by {@value #LATENCY} with the
 * tags {@code operation} and {@code backend}. A read is timed when its {@code bytes()} are used; a file region that the
 * server sends by itself is not seen here.
 */
public final class ObservedStorageBackend implements StorageBackend {

    /** In Prometheus {@code storage_backend_latency_seconds}. */
    public static final String LATENCY = "storage.backend.latency";

    private final StorageBackend backend;
    private final MeterRegistry registry;
    private final Timer write;
    private final Timer read;
    private final Timer delete;
    private final Timer stat;
    private final Timer list;
    private final Timer check;

    /** @param name the value of the tag {@code backend} */
    public ObservedStorageBackend(StorageBackend backend, String name, MeterRegistry registry) {
        this.backend = backend;
        this.registry = registry;
        this.write = timer("write", name);
        this.read = timer("read", name);
        this.delete = timer("delete", name);
        this.stat = timer("stat", name);
        this.list = timer("list", name);
        this.check = timer("check", name);
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        return timed(write, backend.write(key, content, hints));
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        BlobContent content = backend.read(key, range);
        Flux<DataBuffer> bytes = timed(read, content.bytes());
        return content instanceof BlobContent.FileRegion region
                ? new BlobContent.FileRegion(region.file(), range, bytes)
                : new BlobContent.Streamed(range, bytes);
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return timed(delete, backend.delete(key));
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return timed(stat, backend.stat(key));
    }

    @Override
    public Flux<BlobStat> list() {
        return timed(list, backend.list());
    }

    @Override
    public Mono<Void> check() {
        return timed(check, backend.check());
    }

    /** Of the backend itself, and not timed. */
    @Override
    public <A> Optional<A> ability(Class<A> type) {
        return backend.ability(type);
    }

    private <T> Mono<T> timed(Timer timer, Mono<T> call) {
        return Mono.defer(() -> {
            Timer.Sample sample = Timer.start(registry);
            return call.doFinally(end -> sample.stop(timer));
        });
    }

    private <T> Flux<T> timed(Timer timer, Flux<T> call) {
        return Flux.defer(() -> {
            Timer.Sample sample = Timer.start(registry);
            return call.doFinally(end -> sample.stop(timer));
        });
    }

    private Timer timer(String operation, String name) {
        return Timer.builder(LATENCY)
                .description("Time of one call of a storage backend")
                .tags("operation", operation, "backend", name)
                .publishPercentileHistogram()
                .register(registry);
    }
}
