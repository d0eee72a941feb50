package io.aerodb.storage.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class JobRunnerTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final AtomicInteger turns = new AtomicInteger();

    @Test
    void aJobThatFailsOrThrowsIsDoneAgain() throws InterruptedException {
        JobRunner runner = runner(stop -> {
            if (turns.incrementAndGet() == 1) {
                throw new IllegalStateException("thrown");
            }
            return Mono.error(new IllegalStateException("failed"));
        });

        runner.start();

        await().atMost(LIMIT).until(() -> turns.get() > 3);
        assertThat(stop(runner).await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theStopWaitsForWhatIsUnderWayAndNothingNewIsBegun() throws InterruptedException {
        Sinks.Empty<Void> batch = Sinks.empty();
        AtomicBoolean told = new AtomicBoolean();
        AtomicBoolean cancelled = new AtomicBoolean();
        JobRunner runner = runner(stop -> {
            turns.incrementAndGet();
            stop.told().doOnTerminate(() -> told.set(true)).subscribe();
            return batch.asMono().doOnCancel(() -> cancelled.set(true));
        });
        runner.start();
        await().atMost(LIMIT).until(() -> turns.get() == 1);

        CountDownLatch stopped = stop(runner);

        assertThat(told).isTrue();
        assertThat(runner.isRunning()).isFalse();
        assertThat(stopped.getCount()).as("the batch is under way").isEqualTo(1);
        batch.tryEmitEmpty();
        assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(cancelled).isFalse();
        assertThat(turns).hasValue(1);
    }

    @Test
    void whatDoesNotEndIsCancelled() throws InterruptedException {
        AtomicBoolean cancelled = new AtomicBoolean();
        JobRunner runner = new JobRunner(
                "test",
                stop -> Mono.<Void>never().doFirst(turns::incrementAndGet).doOnCancel(() -> cancelled.set(true)),
                Duration.ZERO,
                SHORT,
                Duration.ofMillis(50),
                true);
        runner.start();
        await().atMost(LIMIT).until(() -> turns.get() == 1);

        assertThat(stop(runner).await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(cancelled).isTrue();
    }

    @Test
    void aPauseEndsWithTheStop() throws InterruptedException {
        JobRunner runner = new JobRunner("test", this::counted, Duration.ofHours(1), Duration.ofHours(1), true);
        runner.start();

        assertThat(stop(runner).await(5, TimeUnit.SECONDS)).isTrue();

        assertThat(turns).hasValue(0);
    }

    @Test
    void whatWasStoppedMayBeStartedAgain() throws InterruptedException {
        JobRunner runner = runner(this::counted);
        runner.start();
        await().atMost(LIMIT).until(() -> turns.get() > 0);
        assertThat(stop(runner).await(10, TimeUnit.SECONDS)).isTrue();
        int before = turns.get();

        runner.start();

        await().atMost(LIMIT).until(() -> turns.get() > before);
        assertThat(stop(runner).await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(stop(runner).await(10, TimeUnit.SECONDS)).as("once more").isTrue();
    }

    private Mono<Void> counted(StopSignal stop) {
        return Mono.fromRunnable(turns::incrementAndGet);
    }

    private static JobRunner runner(Function<StopSignal, Mono<Void>> job) {
        return new JobRunner("test", job, Duration.ZERO, SHORT, true);
    }

    private static CountDownLatch stop(JobRunner runner) {
        CountDownLatch stopped = new CountDownLatch(1);
        runner.stop(stopped::countDown);
        return stopped;
    }
}
