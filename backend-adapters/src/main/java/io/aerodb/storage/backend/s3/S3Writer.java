package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.work.BlobThreads;
import io.aerodb.storage.backend.work.WriteSubscription;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * One subscription to one write. What has arrived goes into the sink as far as there is room; in the end the object gets its
 * name. What is left behind a failure or a cancellation is removed.
 */
final class S3Writer extends WriteSubscription {

    private static final Logger log = LoggerFactory.getLogger(S3Writer.class);
    /** Little: what is stored is copied at once, and who waits for room shall hold no more than this. */
    private static final int AHEAD = 256 << 10;
    /** How long a failure waits until what it leaves is removed, which goes on without it. */
    private static final long COURTESY_MILLIS = 2_000;

    private final BlobKey key;
    private final Function<Runnable, S3Sink> opener;
    private final Queue<DataBuffer> arrived = new ArrayDeque<>();
    private @Nullable S3Sink sink;
    private @Nullable CompletableFuture<Void> published;
    private boolean left;

    /** @param opener makes the sink of this write, which signals when it can go on */
    S3Writer(
            BlobThreads threads,
            BlobKey key,
            Flux<DataBuffer> content,
            Function<Runnable, S3Sink> opener,
            CoreSubscriber<? super StoredBlob> downstream) {
        super(threads, content, AHEAD, downstream);
        this.key = key;
        this.opener = opener;
    }

    @Override
    protected void step() {
        if (left) {
            releaseArrived();
        } else if (!active()) {
            leave();
        } else if (sink == null) {
            sink = opener.apply(this::signal);
            open();
        } else if (published == null) {
            store(sink);
        } else if (published.isDone()) {
            published.getNow(null); // throws what failed
            emit(sink.blob());
        }
    }

    @Override
    protected BackendException translated(Throwable failure) {
        return Failures.translated("write of '%s'".formatted(key), failure);
    }

    @Override
    protected void fail(Throwable failure) {
        CompletableFuture<?> removed = left ? CompletableFuture.completedFuture(null) : leave();
        removed.handle((done, remains) -> true)
                .completeOnTimeout(true, COURTESY_MILLIS, TimeUnit.MILLISECONDS)
                .thenRunAsync(() -> end(failure), threads()::execute);
    }

    private void store(S3Sink sink) {
        boolean ended = inbox().ended();
        takeArrived(sink);
        Throwable failure = ended ? inbox().failure() : null;
        if (failure != null) {
            fail(failure);
            return;
        }
        inbox().stored(sink.append(arrived));
        if (ended && arrived.isEmpty() || sink.failed()) {
            publish(sink);
        }
    }

    private void takeArrived(S3Sink sink) {
        int before = arrived.size();
        inbox().takeAll(arrived);
        arrived.stream().skip(before).forEach(buffer -> sink.expect(buffer.readableByteCount()));
    }

    private void publish(S3Sink sink) {
        published = sink.publish();
        published.whenComplete((named, failure) -> signal());
    }

    private void emit(StoredBlob blob) {
        left = true; // whatever the subscriber does with it
        if (!complete(blob)) {
            leave();
        }
    }

    private CompletableFuture<?> leave() {
        left = true;
        inbox().close();
        releaseArrived();
        CompletableFuture<?> removed = sink == null ? CompletableFuture.completedFuture(null) : sink.discard();
        sink = null;
        return removed.whenComplete((done, failure) -> report(failure));
    }

    private void releaseArrived() {
        arrived.forEach(DataBufferUtils::release);
        arrived.clear();
        inbox().discard();
    }

    /** What is not removed now is found by the collector, which knows the key. */
    private void report(@Nullable Throwable failure) {
        if (failure != null && !Failures.isAbsent(failure)) {
            log.warn(
                    "event=write_not_removed key={} reason={}",
                    key,
                    Failures.translated("removal", failure).getMessage());
        }
    }
}
