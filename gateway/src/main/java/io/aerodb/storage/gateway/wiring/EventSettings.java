package io.aerodb.storage.gateway.wiring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How events are kept and told.
 *
 * @param retention how long the log keeps them
 * @param pollInterval how often the log is looked at for what other programs than gateways changed
 * @param buffer the last ones that are kept in memory; older ones are read from the log again
 * @param poolSize connections for what subscribers are told
 * @param heartbeat a subscriber who is told nothing gets a sign of life as often
 * @param maxSubscribers streams and sockets that are open at once, of all callers
 * @param maxSubscribersPerCaller those of one caller; service_role has no such limit
 * @param maxLag events by which a subscriber may fall behind; then he is told to resume
 * @param sendTimeout a subscriber who takes nothing for so long, or acknowledges nothing, is cut off
 * @param maxSubscriptions of one socket
 * @param maxUnacknowledged events of one subscription that wait to be acknowledged; then it gets no more
 * @param tokenWait how long a socket that came without a token may take to send one before it is anonymous
 */
public record EventSettings(
        @DefaultValue("7d") Duration retention,
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("5000") int buffer,
        @DefaultValue("4") int poolSize,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("2000") int maxSubscribers,
        @DefaultValue("100") int maxSubscribersPerCaller,
        @DefaultValue("100000") int maxLag,
        @DefaultValue("30s") Duration sendTimeout,
        @DefaultValue("16") int maxSubscriptions,
        @DefaultValue("1000") int maxUnacknowledged,
        @DefaultValue("3s") Duration tokenWait) {

    private static final int MOST = 1_000_000;

    public EventSettings {
        Bounds.check("storage.events.retention", retention, Duration.ofSeconds(1), Duration.ofDays(3650));
        Bounds.check("storage.events.poll-interval", pollInterval, Duration.ofMillis(100), Duration.ofMinutes(1));
        Bounds.check("storage.events.buffer", buffer, 1000, MOST);
        Bounds.check("storage.events.pool-size", poolSize, 1, 1000);
        Bounds.check("storage.events.heartbeat", heartbeat, Duration.ofMillis(100), Bounds.LONGEST_WAIT);
        Bounds.check("storage.events.max-subscribers", maxSubscribers, 1, MOST);
        Bounds.check("storage.events.max-subscribers-per-caller", maxSubscribersPerCaller, 1, MOST);
        Bounds.check("storage.events.max-lag", maxLag, 1, Integer.MAX_VALUE);
        Bounds.check("storage.events.send-timeout", sendTimeout, Duration.ofMillis(100), Bounds.LONGEST_WAIT);
        Bounds.check("storage.events.max-subscriptions", maxSubscriptions, 1, 1000);
        Bounds.check("storage.events.max-unacknowledged", maxUnacknowledged, 1, MOST);
        Bounds.check("storage.events.token-wait", tokenWait, Duration.ofMillis(1), Duration.ofMinutes(1));
    }
}
