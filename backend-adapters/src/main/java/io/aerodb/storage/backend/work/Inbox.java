package io.aerodb.storage.backend.work;

import java.util.Collection;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * The content of one write on its way to the worker. Asks for no more than some bytes ahead of what is stored: a
 * number of buffers that follows from the largest seen. Owns the buffers until they are taken; those that
 * come too late are released at once.
 */
public final class Inbox extends BaseSubscriber<DataBuffer> {

    private static final int FIRST_WINDOW = 4;
    /** Smaller buffers count as so large, because larger ones may follow. */
    private static final int SMALLEST = 32 << 10;

    private final Queue<DataBuffer> queue = Queues.<DataBuffer>unbounded(16).get();
    private final Runnable signal;
    private final int ahead;
    private final Context context;
    private volatile boolean ended;
    private volatile boolean closed;
    private @Nullable Throwable failure;
    private int largest = SMALLEST;
    private int pending = FIRST_WINDOW;

    /**
     * @param signal told of every arrival, by the thread it arrives on; must not block
     * @param ahead bytes
     */
    Inbox(Runnable signal, int ahead, Context context) {
        this.signal = signal;
        this.ahead = ahead;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(FIRST_WINDOW);
    }

    @Override
    protected void hookOnNext(DataBuffer buffer) {
        if (closed) {
            DataBufferUtils.release(buffer);
        } else {
            queue.offer(buffer);
            signal.run();
        }
    }

    @Override
    protected void hookOnComplete() {
        ended = true;
        signal.run();
    }

    @Override
    protected void hookOnError(Throwable error) {
        failure = error;
        ended = true;
        signal.run();
    }

    /** Any thread: cancels the content. What was queued is left to {@link #discard}. */
    public void close() {
        closed = true;
        cancel();
    }

    /** Worker: whether the content has ended. Ask before {@link #takeAll}, or its last buffer is missed. */
    public boolean ended() {
        return ended;
    }

    /** Worker: why the content failed, null when it ended well; known once it has ended. */
    @Nullable
    public Throwable failure() {
        return failure;
    }

    /** Worker: moves what has arrived; the buffers are the caller's now. */
    public void takeAll(Collection<DataBuffer> batch) {
        for (DataBuffer buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            largest = Math.max(largest, buffer.readableByteCount());
            batch.add(buffer);
        }
    }

    /** Worker: so many buffers are stored; asks for more once a quarter of the window is free. */
    public void stored(int buffers) {
        pending -= buffers;
        int window = Math.max(1, ahead / largest);
        int free = window - pending;
        if (free > 0 && free >= window / 4) {
            pending += free;
            request(free);
        }
    }

    /** Worker: releases what has arrived. */
    public void discard() {
        for (DataBuffer buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            DataBufferUtils.release(buffer);
        }
    }
}
