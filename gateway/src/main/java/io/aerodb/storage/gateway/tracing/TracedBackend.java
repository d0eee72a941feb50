package io.aerodb.storage.gateway.tracing;

import io.aerodb.storage.backend.BlobContent;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A span for each call of a backend on behalf of a request; no keys. A file region that the server sends by itself is not
 * seen here.
 */
final class TracedBackend implements StorageBackend {

    private final String name;
    private final StorageBackend backend;
    private final Tracer tracer;

    TracedBackend(String name, StorageBackend backend, Tracer tracer) {
        this.name = name;
        this.backend = backend;
        this.tracer = tracer;
    }

    @Override
    public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
        return Spans.child(call("write"), () -> backend.write(key, content, hints));
    }

    @Override
    public BlobContent read(BlobKey key, ByteRange range) {
        BlobContent content = backend.read(key, range);
        Flux<DataBuffer> bytes = Spans.children(call("read"), content.bytes());
        return content instanceof BlobContent.FileRegion region
                ? new BlobContent.FileRegion(region.file(), range, bytes)
                : new BlobContent.Streamed(range, bytes);
    }

    @Override
    public Mono<DataBuffer> readAtOnce(BlobKey key, long size, ByteRange range) {
        return Spans.child(call("read"), () -> backend.readAtOnce(key, size, range));
    }

    @Override
    public Mono<Void> delete(BlobKey key) {
        return Spans.child(call("delete"), () -> backend.delete(key));
    }

    @Override
    public Mono<BlobStat> stat(BlobKey key) {
        return Spans.child(call("stat"), () -> backend.stat(key));
    }

    @Override
    public Flux<BlobStat> list() {
        return backend.list();
    }

    @Override
    public Mono<Void> check() {
        return backend.check();
    }

    @Override
    public <A> Optional<A> ability(Class<A> type) {
        return backend.ability(type);
    }

    private Function<Context, SpanBuilder> call(String operation) {
        return parent -> tracer.spanBuilder("backend " + operation)
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute("storage.backend", name)
                .setAttribute("storage.backend.operation", operation);
    }
}
