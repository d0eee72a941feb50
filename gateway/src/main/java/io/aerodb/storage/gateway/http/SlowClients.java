package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.HttpSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From when on clients are too slow, and how many were. */
final class SlowClients {

    private static final Logger log = LoggerFactory.getLogger(SlowClients.class);

    private final HttpSettings settings;
    private final Counter senders;
    private final Counter readers;

    SlowClients(HttpSettings settings, MeterRegistry meters) {
        this.settings = settings;
        this.senders = counter("sender", meters);
        this.readers = counter("reader", meters);
    }

    LeastRate rate() {
        return new LeastRate(
                settings.slowClientWindow(), settings.minBytesPerSecond().toBytes());
    }

    boolean areCut() {
        return settings.minBytesPerSecond().toBytes() > 0;
    }

    Duration window() {
        return settings.slowClientWindow();
    }

    Duration bodyIdleTimeout() {
        return settings.bodyIdleTimeout();
    }

    void sender(Channel channel) {
        senders.increment();
        log.debug("event=slow_sender channel={}", channel.id());
    }

    void reader(Channel channel) {
        readers.increment();
        log.debug("event=slow_reader channel={}", channel.id());
    }

    private static Counter counter(String kind, MeterRegistry meters) {
        return Counter.builder("storage.slow.clients")
                .description("Clients that sent a body, or took an answer, too slowly and were cut off")
                .tag("kind", kind)
                .register(meters);
    }
}
