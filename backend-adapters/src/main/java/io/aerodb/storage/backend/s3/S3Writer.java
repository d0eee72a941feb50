package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.work.BlobThreads;
import io.aerodb.storage.backend.work.Inbox;
import io.aerodb.storage.backend.work.SerialWork;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * One subscription to one write. Signals of the content, of the memory and of calls come on any thread and only count; the
 * work is done by {@link #run} as {@link SerialWork}.
 *
 * <p>Who ends the write is settled once, by {@link #state}: an object that got its name is emitted only if nobody cancelled
 * before, else it is deleted. What is left behind a failure or a cancellation is removed.
 */
final class S3Writer implements Subscription {

    private enum State {
        NEW,
        ACTIVE,
        CANCELLED,
        DONE
    }

    private static final Logger log = LoggerFactory.getLogger(S3Writer.class);
    /** How long a failure waits until what it leaves is removed, which goes on without it. */
    private static final long COURTESY_MILLIS = 2_000;

    private final BlobThreads threads;
    private final BlobKey key;
    private final Flux<DataBuffer> content;
    private final Function<Runnable, S3Sink> opener;
    private final CoreSubscriber<? super StoredBlob> downstream;

    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final SerialWork work;
    private final Inbox inbox;
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
        this.threads = threads;
        this.key = key;
        this.content = content;
        this.opener = opener;
        this.downstream = downstream;
        this.work = new SerialWork(threads, this::run);
        this.inbox = new Inbox(work::signal, downstream.currentContext());
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n) && state.compareAndSet(State.NEW, State.ACTIVE)) {
            start();
        }
    }

    @Override
    public void cancel() {
        State before = state.getAndUpdate(now -> now == State.DONE ? State.DONE : State.CANCELLED);
        if (before == State.ACTIVE) {
            inbox.close();
            work.signal();
        }
    }

    private void start() {
        try {
            threads.admit();
            work.signal();
        } catch (BackendException refused) {
            fail(refused);
        }
    }

    private void run() {
        try {
            step();
        } catch (Throwable failure) { // exhausted memory is an Error, and must end the write like any failure
            fail(failure);
        }
    }

    private void step() {
        if (left) {
            releaseArrived();
        } else if (state.get() != State.ACTIVE) {
            leave();
        } else if (sink == null) {
            sink = opener.apply(work::signal);
            content.subscribe(inbox);
        } else if (published == null) {
            store(sink);
        } else if (published.isDone()) {
            published.getNow(null); // throws what failed
            emit(sink.blob());
        }
    }

    private void store(S3Sink sink) {
        boolean ended = inbox.ended();
        takeArrived(sink);
        if (ended && inbox.failure() != null) {
            fail(inbox.failure());
            return;
        }
        inbox.stored(sink.append(arrived));
        if (ended && arrived.isEmpty() || sink.failed()) {
            publish(sink);
        }
    }

    private void takeArrived(S3Sink sink) {
        int before = arrived.size();
        inbox.takeAll(arrived);
        arrived.stream().skip(before).forEach(buffer -> sink.expect(buffer.readableByteCount()));
    }

    private void publish(S3Sink sink) {
        published = sink.publish();
        published.whenComplete((named, failure) -> work.signal());
    }

    private void emit(StoredBlob blob) {
        if (state.compareAndSet(State.ACTIVE, State.DONE)) {
            left = true;
            downstream.onNext(blob);
            downstream.onComplete();
        } else {
            leave();
        }
    }

    private void fail(Throwable failure) {
        Throwable told =
                inbox.failure() == failure ? failure : Failures.translated("write of '%s'".formatted(key), failure);
        CompletableFuture<?> removed = left ? CompletableFuture.completedFuture(null) : leave();
        removed.handle((done, remains) -> true)
                .completeOnTimeout(true, COURTESY_MILLIS, TimeUnit.MILLISECONDS)
                .thenRunAsync(() -> end(told), threads::execute);
    }

    private void end(Throwable failure) {
        if (state.compareAndSet(State.ACTIVE, State.DONE)) {
            downstream.onError(failure);
        }
    }

    private CompletableFuture<?> leave() {
        left = true;
        inbox.close();
        releaseArrived();
        CompletableFuture<?> removed = sink == null ? CompletableFuture.completedFuture(null) : sink.discard();
        sink = null;
        return removed.whenComplete((done, failure) -> report(failure));
    }

    private void releaseArrived() {
        arrived.forEach(DataBufferUtils::release);
        arrived.clear();
        inbox.discard();
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
