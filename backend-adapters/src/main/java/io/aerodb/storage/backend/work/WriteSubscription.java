package io.aerodb.storage.backend.work;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.StoredBlob;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * One subscription to one write. Signals come on any thread and only count; the work is done by {@link #step} as
 * {@link SerialWork}.
 *
 * <p>Who ends the write is settled once: a blob that is stored is emitted only if nobody cancelled before, else whoever stored
 * it takes it back.
 */
public abstract class WriteSubscription implements Subscription {

    private enum State {
        NEW,
        ACTIVE,
        CANCELLED,
        DONE
    }

    private final BlobThreads threads;
    private final Flux<DataBuffer> content;
    private final CoreSubscriber<? super StoredBlob> downstream;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final SerialWork work;
    private final Inbox inbox;

    /** @param ahead bytes that may have arrived and are not stored */
    @SuppressWarnings("this-escape") // nothing runs before the first request
    protected WriteSubscription(
            BlobThreads threads, Flux<DataBuffer> content, int ahead, CoreSubscriber<? super StoredBlob> downstream) {
        this.threads = threads;
        this.content = content;
        this.downstream = downstream;
        this.work = new SerialWork(threads, this::run);
        this.inbox = new Inbox(work::signal, ahead, downstream.currentContext());
    }

    /** Does what there is to do: also after the end, when what arrives late has to go. May throw. */
    protected abstract void step() throws Exception;

    /** The write is asked for, and nothing is done yet. */
    protected void begin() {}

    /** What a step threw, in the words of the port. */
    protected abstract BackendException translated(Throwable failure);

    /** Ends the write with this failure, once what it leaves is removed. */
    protected abstract void fail(Throwable failure);

    @Override
    public final void request(long n) {
        if (Operators.validate(n) && state.compareAndSet(State.NEW, State.ACTIVE)) {
            begin();
            start();
        }
    }

    @Override
    public final void cancel() {
        State before = state.getAndUpdate(now -> now == State.DONE ? State.DONE : State.CANCELLED);
        if (before == State.ACTIVE) {
            inbox.close();
            work.signal();
        }
    }

    /** Any thread: whether there is something to do for the blob threads, so that it is not the content that is waited for. */
    protected final boolean working() {
        return work.pending();
    }

    protected final BlobThreads threads() {
        return threads;
    }

    protected final Inbox inbox() {
        return inbox;
    }

    /** Any thread: asks for another step. */
    protected final void signal() {
        work.signal();
    }

    /** Lets the content come, once. */
    protected final void open() {
        content.subscribe(inbox);
    }

    /** Neither ended nor cancelled. */
    protected final boolean active() {
        return state.get() == State.ACTIVE;
    }

    /** Emits what is stored; false when somebody cancelled before. */
    protected final boolean complete(StoredBlob blob) {
        boolean first = state.compareAndSet(State.ACTIVE, State.DONE);
        if (first) {
            downstream.onNext(blob);
            downstream.onComplete();
        }
        return first;
    }

    /** Tells the failure, unless somebody cancelled before. */
    protected final void end(Throwable failure) {
        if (state.compareAndSet(State.ACTIVE, State.DONE)) {
            downstream.onError(failure);
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
            fail(translated(failure));
        }
    }
}
