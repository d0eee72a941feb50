package io.aerodb.storage.gateway.cleanup;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Runs one job again and again while this gateway runs, with a pause before each time. */
public final class CleanupRunner implements SmartLifecycle {

    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    private final Mono<Void> job;
    private final Duration pause;
    private final boolean enabled;
    private volatile Sinks.Empty<Void> stop = Sinks.empty();
    private volatile Sinks.Empty<Void> ended = Sinks.empty();
    private volatile boolean running;

    /**
     * @param job never fails; when it is cancelled it may leave something for the next time
     * @param enabled false for a runner that does nothing
     */
    public CleanupRunner(Mono<Void> job, Duration pause, boolean enabled) {
        this.job = job;
        this.pause = pause;
        this.enabled = enabled;
    }

    @Override
    public void start() {
        stop = Sinks.empty();
        ended = Sinks.empty();
        running = true;
        Mono.delay(pause)
                .then(job)
                .takeUntilOther(stop.asMono())
                .repeat(() -> running)
                .doFinally(end -> ended.tryEmitEmpty())
                .subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        stop.tryEmitEmpty();
        ended.asMono()
                .timeout(LONGEST_STOP, Mono.empty())
                .doFinally(end -> callback.run())
                .subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
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
}
