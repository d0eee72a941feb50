package io.aerodb.storage.gateway.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** How far the telling of events is behind, and to how many. */
final class EventMeters {

    private static final double SECOND = 1e9;

    private final long expected;
    private final AtomicInteger subscribers = new AtomicInteger();
    private final Counter cutOff;
    private volatile double waited;
    private volatile long numberedAt = System.nanoTime();

    /** @param poll from one numbering to the next, when all is well */
    EventMeters(Duration poll, BooleanSupplier listening, MeterRegistry registry) {
        this.expected = poll.toNanos();
        this.cutOff = Counter.builder("storage.event.subscribers.resumed")
                .description("Subscribers who fell behind and were told to resume, or took nothing and were cut off")
                .register(registry);
        Gauge.builder("storage.event.listen.up", () -> listening.getAsBoolean() ? 1 : 0)
                .description("Whether the gateway hears of other gateways' events at once")
                .register(registry);
        Gauge.builder("storage.event.lag", this::lag)
                .description("Age of the oldest event that can't be read yet")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("storage.event.subscribers", subscribers, AtomicInteger::get)
                .description("Subscriptions to events that are open")
                .register(registry);
    }

    void numbered(Duration oldest) {
        waited = oldest.toNanos() / SECOND;
        numberedAt = System.nanoTime();
    }

    void opened() {
        subscribers.incrementAndGet();
    }

    void closed() {
        subscribers.decrementAndGet();
    }

    void resumed() {
        cutOff.increment();
    }

    /** While nothing can be numbered, what is there gets older. */
    private double lag() {
        return waited + Math.max(0, System.nanoTime() - numberedAt - 2 * expected) / SECOND;
    }
}
