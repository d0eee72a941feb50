package io.aerodb.storage.backend.work;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.WorkLoad;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads that do file and hash work. New calls are refused while too many tasks wait; a call once admitted can always
 * go on, so that it can finish or clean up. As an admitted call has at most two tasks waiting, the queue stays bounded.
 *
 * <p>Not a bounded elastic scheduler: that one binds a task to one thread's queue, behind whatever that thread syncs, and
 * interrupts on cancel, which closes file channels.
 */
public final class BlobThreads implements WorkLoad {

    private static final long IDLE_SECONDS = 30;

    private final AtomicInteger numbers = new AtomicInteger();
    private final int maxQueuedTasks;
    private final ThreadPoolExecutor executor;
    private final Scheduler scheduler;
    private volatile boolean closed;

    public BlobThreads(int threads, int maxQueuedTasks) {
        this.maxQueuedTasks = maxQueuedTasks;
        this.executor = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::thread);
        this.executor.allowCoreThreadTimeOut(true);
        this.scheduler = Schedulers.fromExecutor(executor::execute);
    }

    /** Fails with {@link BackendException.Unavailable} when new work has no place. */
    public void admit() {
        if (closed) {
            throw new BackendException.Unavailable("the backend is closed", null);
        }
        if (executor.getQueue().size() >= maxQueuedTasks) {
            throw new BackendException.Unavailable("%d tasks wait for a blob thread".formatted(maxQueuedTasks), null);
        }
    }

    /** Runs a task of a call that was admitted. */
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Begins a task of a call that was admitted, while this thread, one of these, does something else of it. */
    public ForkedTask fork(Runnable task) {
        ForkedTask forked = new ForkedTask(task);
        executor.execute(forked::run);
        return forked;
    }

    /** The same call, admitted when subscribed, and done by these threads. */
    public <T> Mono<T> run(Mono<T> call) {
        return Mono.defer(() -> {
            admit();
            return call.subscribeOn(scheduler);
        });
    }

    /** The same elements, each made by these threads when it is asked for. */
    public <T> Flux<T> run(Flux<T> elements) {
        return Flux.defer(() -> {
            admit();
            return elements.subscribeOn(scheduler);
        });
    }

    @Override
    public int activeThreads() {
        return executor.getActiveCount();
    }

    @Override
    public int maxThreads() {
        return executor.getMaximumPoolSize();
    }

    @Override
    public int queuedTasks() {
        return executor.getQueue().size();
    }

    /** Refuses new calls; what has begun may finish, then the threads end. */
    public void close() {
        closed = true;
        executor.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "blob-" + numbers.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}
