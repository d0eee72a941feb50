package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.work.BlobThreads;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;

/**
 * One subscription to one buffer, which one task of a blob thread reads. Who ends it is settled once: a buffer for which nobody
 * waits any more is released, where Reactor's own operators would lose it.
 */
final class ShortRead implements Subscription, Runnable {

    private enum State {
        NEW,
        ACTIVE,
        DONE
    }

    private final BlobThreads threads;
    private final Duration limit;
    private final Callable<DataBuffer> read;
    private final CoreSubscriber<? super DataBuffer> downstream;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private volatile Disposable timer = Disposables.disposed();

    private ShortRead(
            BlobThreads threads,
            Duration limit,
            Callable<DataBuffer> read,
            CoreSubscriber<? super DataBuffer> downstream) {
        this.threads = threads;
        this.limit = limit;
        this.read = read;
        this.downstream = downstream;
    }

    /** @param limit after which the volume is taken for hanging */
    static Mono<DataBuffer> by(BlobThreads threads, Duration limit, Callable<DataBuffer> read) {
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super DataBuffer> downstream) {
                downstream.onSubscribe(new ShortRead(threads, limit, read, downstream));
            }
        };
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n) && state.compareAndSet(State.NEW, State.ACTIVE)) {
            begin();
        }
    }

    @Override
    public void cancel() {
        ends();
    }

    @Override
    public void run() {
        try {
            if (state.get() == State.ACTIVE) {
                emit(read.call());
            }
        } catch (Throwable failure) { // exhausted memory is an Error, and must end the read like any failure
            fail(failure);
        } finally {
            timer.dispose();
        }
    }

    private void begin() {
        try {
            threads.admit();
            timer = Schedulers.parallel()
                    .schedule(() -> fail(Patience.hanging(limit)), limit.toMillis(), TimeUnit.MILLISECONDS);
            threads.execute(this);
        } catch (BackendException refused) {
            fail(refused);
        }
    }

    private void emit(DataBuffer buffer) {
        if (ends()) {
            downstream.onNext(buffer);
            downstream.onComplete();
        } else {
            DataBufferUtils.release(buffer);
        }
    }

    private void fail(Throwable failure) {
        if (ends()) {
            downstream.onError(failure);
        }
    }

    /** Whether this is the end, and no other was before. */
    private boolean ends() {
        return state.getAndSet(State.DONE) != State.DONE;
    }
}
