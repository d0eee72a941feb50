package io.aerodb.storage.backend.work;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A task that another thread does if one is free, and else the one that needs it done: so nobody waits for a thread. Made by
 * {@link BlobThreads#fork}.
 */
public final class ForkedTask {

    private final Runnable task;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private @Nullable Throwable failure;

    ForkedTask(Runnable task) {
        this.task = task;
    }

    /** Ends when the task has ended, whoever did it, and even when this thread is interrupted. Throws what it threw. */
    public void join() {
        run();
        end.join();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /** Its end needs no memory, of which there may be none. */
    void run() {
        if (begun.compareAndSet(false, true)) {
            try {
                task.run();
            } catch (Throwable thrown) {
                failure = thrown;
            } finally {
                end.complete(null);
            }
        }
    }
}
