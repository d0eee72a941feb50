package io.aerodb.storage.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Most connections of clients at once: one more is closed as soon as it is accepted, before a byte of it is read. Each that
 * is open costs memory and a file descriptor, whether it asks for something or not.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);

    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final Counter refused;
    private final LogLimit warnings = new LogLimit(1, Duration.ofSeconds(10), System::nanoTime);

    ConnectionLimit(int most, MeterRegistry meters) {
        this.most = most;
        this.refused = Counter.builder("storage.connections.refused")
                .description("Connections that were closed at once, because there were too many")
                .register(meters);
        Gauge.builder("storage.connections", open, AtomicInteger::get)
                .description("Open connections of clients")
                .register(meters);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        Channel channel = context.channel();
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            refuse(channel);
            return;
        }
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        context.fireChannelActive();
    }

    private void refuse(Channel channel) {
        refused.increment();
        channel.close();
        if (warnings.permits()) {
            log.warn("event=connection_refused limit={} untold={}", most, warnings.dropped());
        }
    }
}
