package io.aerodb.storage.gateway.wiring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The HTTP server.
 *
 * @param maxConnections of clients at once; one more is closed
 * @param maxRequestLine bytes of the request line
 * @param maxHeaderSize bytes of all header lines
 * @param maxChunkSize bytes of one inbound buffer
 * @param maxJsonBody bytes of a JSON request body
 * @param maxBufferedBodies bytes of JSON bodies and form fields of all requests together
 * @param idleTimeout a kept-alive connection without a request is closed after it
 * @param bodyIdleTimeout an upload that brings no byte for so long fails with 408
 * @param minBytesPerSecond who sends a body or takes an answer more slowly is cut off; 0 for nobody
 * @param slowClientWindow of time spent waiting for a client, over which that is measured
 */
public record HttpSettings(
        @DefaultValue("10000") int maxConnections,
        @DefaultValue("16KB") DataSize maxRequestLine,
        @DefaultValue("32KB") DataSize maxHeaderSize,
        @DefaultValue("128KB") DataSize maxChunkSize,
        @DefaultValue("1MB") DataSize maxJsonBody,
        @DefaultValue("32MB") DataSize maxBufferedBodies,
        @DefaultValue("60s") Duration idleTimeout,
        @DefaultValue("30s") Duration bodyIdleTimeout,
        @DefaultValue("1KB") DataSize minBytesPerSecond,
        @DefaultValue("30s") Duration slowClientWindow) {

    private static final DataSize LEAST_LINE = DataSize.ofKilobytes(1);
    private static final DataSize MOST_LINE = DataSize.ofMegabytes(2);
    private static final DataSize LEAST_BODIES = DataSize.ofMegabytes(4);

    public HttpSettings {
        Bounds.check("storage.http.max-connections", maxConnections, 1, 1_000_000);
        Bounds.check("storage.http.max-request-line", maxRequestLine, LEAST_LINE, MOST_LINE);
        Bounds.check("storage.http.max-header-size", maxHeaderSize, LEAST_LINE, MOST_LINE);
        Bounds.check("storage.http.max-chunk-size", maxChunkSize, LEAST_LINE, DataSize.ofMegabytes(16));
        Bounds.check("storage.http.max-json-body", maxJsonBody, LEAST_LINE, DataSize.ofMegabytes(64));
        Bounds.check(
                "storage.http.max-buffered-bodies",
                maxBufferedBodies,
                maxJsonBody.compareTo(LEAST_BODIES) > 0 ? maxJsonBody : LEAST_BODIES,
                DataSize.ofGigabytes(64));
        Bounds.check("storage.http.idle-timeout", idleTimeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
        Bounds.check(
                "storage.http.min-bytes-per-second", minBytesPerSecond, DataSize.ofBytes(0), DataSize.ofMegabytes(1));
        Bounds.check("storage.http.slow-client-window", slowClientWindow, Duration.ofMillis(100), Bounds.LONGEST_WAIT);
        Bounds.check("storage.http.body-idle-timeout", bodyIdleTimeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
    }
}
