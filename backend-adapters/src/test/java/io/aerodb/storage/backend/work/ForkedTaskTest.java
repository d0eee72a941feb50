package io.aerodb.storage.backend.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForkedTaskTest {

    private static final int SECONDS = 20;

    private final BlobThreads threads = new BlobThreads(1, 10);

    @AfterEach
    void close() {
        threads.close();
    }

    @Test
    void whoNeedsItDoesItWhenNoThreadIsFree() {
        CountDownLatch occupied = new CountDownLatch(1);
        threads.execute(() -> await(occupied));
        AtomicReference<Thread> doer = new AtomicReference<>();
        threads.fork(() -> doer.set(Thread.currentThread())).join();
        assertThat(doer).hasValue(Thread.currentThread());
        occupied.countDown();
    }

    @Test
    void itIsDoneOnceWhoeverDoesIt() throws InterruptedException {
        AtomicInteger times = new AtomicInteger();
        for (int each = 0; each < 1000; each++) {
            threads.fork(times::incrementAndGet).join();
        }
        CountDownLatch queueIsEmpty = new CountDownLatch(1);
        threads.execute(queueIsEmpty::countDown);
        assertThat(queueIsEmpty.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(times).hasValue(1000);
    }

    @Test
    void evenAnInterruptedThreadIsHeldUntilTheOtherHasEnded() {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        Thread waiting = Thread.currentThread();
        ForkedTask forked = threads.fork(() -> {
            begun.countDown();
            await(waiting);
            ended.set(true);
        });
        await(begun);
        waiting.interrupt();
        forked.join();
        assertThat(ended).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatItThrewIsThrownWhoeverDidIt() throws InterruptedException {
        OutOfMemoryError exhausted = new OutOfMemoryError("none left");
        CountDownLatch begun = new CountDownLatch(1);
        ForkedTask elsewhere = threads.fork(() -> {
            begun.countDown();
            throw exhausted;
        });
        assertThat(begun.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(elsewhere::join).isSameAs(exhausted);

        IllegalStateException broken = new IllegalStateException("broken");
        ForkedTask here = new ForkedTask(() -> {
            throw broken;
        });
        assertThatThrownBy(here::join).isSameAs(broken);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError("interrupted", interrupted);
        }
    }

    /** Until it waits for this one. */
    private static void await(Thread waiting) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (waiting.getState() != Thread.State.WAITING && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
