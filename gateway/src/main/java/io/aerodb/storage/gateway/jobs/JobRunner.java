package io.aerodb.storage.gateway.jobs;

import io.aerodb.storage.gateway.http.LogText;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Runs one job again and again while this gateway runs, also after it has failed. At the stop the job is told so and ends what it
 * is at; one that takes too long is cancelled.
 */
public final class JobRunner implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(JobRunner.class);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    private final String name;
    private final Function<StopSignal, Mono<Void>> job;
    private final Duration first;
    private final Duration pause;
    private final Duration longestStop;
    private final boolean enabled;
    private volatile @Nullable Work work;

    /**
     * @param job what is done each time; when it is cancelled it may leave something for the next one
     * @param first before the first time
     * @param pause from the end of one time to the beginning of the next
     * @param enabled false for a runner that does nothing
     */
    public JobRunner(
            String name, Function<StopSignal, Mono<Void>> job, Duration first, Duration pause, boolean enabled) {
        this(name, job, first, pause, LONGEST_STOP, enabled);
    }

    JobRunner(
            String name,
            Function<StopSignal, Mono<Void>> job,
            Duration first,
            Duration pause,
            Duration longestStop,
            boolean enabled) {
        this.name = name;
        this.job = job;
        this.first = first;
        this.pause = pause;
        this.longestStop = longestStop;
        this.enabled = enabled;
    }

    @Override
    public void start() {
        StopSignal stop = new StopSignal();
        Sinks.Empty<Void> ended = Sinks.empty();
        Disposable running = waited(first, stop)
                .thenMany(turn(stop).then(waited(pause, stop)).repeat(() -> !stop.isTold()))
                .doFinally(end -> ended.tryEmitEmpty())
                .subscribe();
        work = new Work(stop, ended.asMono(), running);
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        Work ending = work;
        work = null;
        if (ending == null) {
            callback.run();
        } else {
            ending.end(longestStop, callback);
        }
    }

    @Override
    public boolean isRunning() {
        return work != null;
    }

    @Override
    public boolean isAutoStartup() {
        return enabled;
    }

    /** Before the lease of this instance ends. */
    @Override
    public int getPhase() {
        return -1;
    }

    private Mono<Void> turn(StopSignal stop) {
        return Mono.defer(() -> stop.isTold() ? Mono.empty() : job.apply(stop)).onErrorResume(this::failed);
    }

    private static Mono<Void> waited(Duration time, StopSignal stop) {
        return Mono.delay(time).takeUntilOther(stop.told()).then();
    }

    private Mono<Void> failed(Throwable failure) {
        log.error("event=job_failed job={} reason={}", name, LogText.value(failure.toString()), failure);
        return Mono.empty();
    }

    private record Work(StopSignal stop, Mono<Void> ended, Disposable running) {

        void end(Duration longest, Runnable callback) {
            stop.tell();
            ended.timeout(longest, Mono.fromRunnable(running::dispose))
                    .doFinally(end -> callback.run())
                    .subscribe();
        }
    }
}
