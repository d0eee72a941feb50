package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopProbeTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(2);
    private final EventLoopProbe probe = new EventLoopProbe(loops, registry);

    @AfterEach
    void stop() {
        probe.stop();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void aLoopThatIsBlockedShowsWhenItGoesOn() {
        CountDownLatch blocked = new CountDownLatch(1);
        probe.start();
        loops.next().execute(() -> waitFor(blocked));
        await("the other loop").until(() -> delay().count() >= 10);
        blocked.countDown();

        await("the blocked one").until(() -> delay().max(TimeUnit.MILLISECONDS) > 500);
    }

    @Test
    void nothingIsLeftOnALoopWhenItStops() {
        probe.start();
        await("a probe").until(() -> delay().count() > 0);
        probe.stop();
        assertThat(probe.isRunning()).isFalse();
        long then = settled();
        await("the time of two probes")
                .pollDelay(250, TimeUnit.MILLISECONDS)
                .untilAsserted(() -> assertThat(delay().count()).isEqualTo(then));
    }

    /** When those that were under way have ended. */
    private long settled() {
        loops.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
        return delay().count();
    }

    private Timer delay() {
        return registry.get("storage.event.loop.delay").timer();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
