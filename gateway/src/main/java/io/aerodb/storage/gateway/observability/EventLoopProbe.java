package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.springframework.context.SmartLifecycle;

/**
 * How long a task waits for its turn on an event loop: a small one on each, ten times a second, tells by how much it is late. A
 * loop that is blocked shows when it goes on.
 */
final class EventLoopProbe implements SmartLifecycle {

    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration[] BUCKETS = LongStream.of(1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Iterable<EventExecutor> loops;
    private final Timer delay;
    private volatile List<? extends Future<?>> probes = List.of();

    EventLoopProbe(Iterable<EventExecutor> loops, MeterRegistry registry) {
        this.loops = loops;
        this.delay = Timer.builder("storage.event.loop.delay")
                .description("Time that a task waits for its turn on an event loop of the server")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    @Override
    public void start() {
        probes = StreamSupport.stream(loops.spliterator(), false)
                .map(loop -> loop.scheduleWithFixedDelay(new Probe(), PERIOD, PERIOD, TimeUnit.NANOSECONDS))
                .toList();
    }

    @Override
    public void stop() {
        probes.forEach(probe -> probe.cancel(false));
        probes = List.of();
    }

    @Override
    public boolean isRunning() {
        return !probes.isEmpty();
    }

    /** On one loop, and so of one thread. */
    private final class Probe implements Runnable {

        private long due = System.nanoTime() + PERIOD;

        @Override
        public void run() {
            long now = System.nanoTime();
            delay.record(Math.max(0, now - due), TimeUnit.NANOSECONDS);
            due = System.nanoTime() + PERIOD;
        }
    }
}
