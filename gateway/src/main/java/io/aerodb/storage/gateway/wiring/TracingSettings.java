package io.aerodb.storage.gateway.wiring;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where spans go.
 *
 * @param endpoint of a collector, OTLP over HTTP; not set: nothing is traced
 * @param sampling the part of the traces that begin here, from 0 to 1; a caller's trace is traced when he says so
 * @param queueSize spans that wait to be sent; further ones are dropped
 * @param timeout of one attempt to send some
 */
public record TracingSettings(
        @Nullable URI endpoint,
        @DefaultValue("1.0") double sampling,
        @DefaultValue("2048") int queueSize,
        @DefaultValue("10s") Duration timeout) {

    public TracingSettings {
        Bounds.check("storage.tracing.sampling", sampling, 0, 1);
        Bounds.check("storage.tracing.queue-size", queueSize, 16, 1_000_000);
        Bounds.check("storage.tracing.timeout", timeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
        if (endpoint != null && !isHttp(endpoint)) {
            throw new StartRefused("storage.tracing.endpoint is not the address of a collector: "
                    + "set it to one like http://collector:4318, without user and query.");
        }
    }

    /** Where traces are sent: as it is set, or OTLP's own path at a host. */
    public @Nullable URI traces() {
        return endpoint == null || endpoint.getPath().length() > 1 ? endpoint : endpoint.resolve("/v1/traces");
    }

    private static boolean isHttp(URI address) {
        return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                && address.getHost() != null
                && address.getRawUserInfo() == null
                && address.getRawQuery() == null;
    }
}
