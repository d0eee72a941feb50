package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.backend.work.BlobThreads;
import io.aerodb.storage.backend.work.Inbox;
import io.aerodb.storage.backend.work.SerialWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * One subscription to one write. Signals come on any thread and only count; the work is done by {@link #run} as
 * {@link SerialWork}, one step per hop: open, store what has arrived, publish, or clean up.
 *
 * <p>Who ends the write is settled once, by {@link #state}: the worker that has published emits only if nobody cancelled
 * before, else it takes the blob back.
 */
final class BlobWriter implements Subscription {

    private enum State {
        NEW,
        ACTIVE,
        CANCELLED,
        DONE
    }

    private final BlobFiles files;
    private final BlobThreads threads;
    private final BlobKey key;
    private final Flux<DataBuffer> content;
    private final WriteHints hints;
    private final CoreSubscriber<? super StoredBlob> downstream;

    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final SerialWork work;
    private final Inbox inbox;
    private @Nullable BlobSink sink;

    BlobWriter(
            BlobFiles files,
            BlobThreads threads,
            BlobKey key,
            Flux<DataBuffer> content,
            WriteHints hints,
            CoreSubscriber<? super StoredBlob> downstream) {
        this.files = files;
        this.threads = threads;
        this.key = key;
        this.content = content;
        this.hints = hints;
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

    private void run() {
        try {
            step();
        } catch (Throwable failure) { // exhausted buffer memory is an Error, and must end the write like any failure
            fail(Failures.translated("write of '%s'".formatted(key), failure));
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

    private void step() throws IOException {
        if (state.get() != State.ACTIVE) {
            cleanUp();
        } else if (sink == null) {
            sink = BlobSink.open(files, key, hints);
            content.subscribe(inbox);
        } else {
            store(sink);
        }
    }

    private void store(BlobSink sink) throws IOException {
        boolean ended = inbox.ended();
        List<DataBuffer> batch = new ArrayList<>();
        inbox.takeAll(batch);
        try {
            sink.append(batch);
        } finally {
            batch.forEach(DataBufferUtils::release);
        }
        if (ended) {
            finish(sink);
        } else {
            inbox.stored(batch.size());
        }
    }

    private void finish(BlobSink sink) throws IOException {
        Throwable failure = inbox.failure();
        if (failure == null) {
            emit(sink.publish());
        } else {
            fail(failure);
        }
    }

    private void emit(StoredBlob blob) {
        sink = null;
        if (state.compareAndSet(State.ACTIVE, State.DONE)) {
            downstream.onNext(blob);
            downstream.onComplete();
        } else {
            files.retract(key);
        }
    }

    private void fail(Throwable failure) {
        inbox.close();
        cleanUp();
        if (state.compareAndSet(State.ACTIVE, State.DONE)) {
            downstream.onError(failure);
        }
    }

    private void cleanUp() {
        inbox.discard();
        if (sink != null) {
            sink.discard();
            sink = null;
        }
    }
}
