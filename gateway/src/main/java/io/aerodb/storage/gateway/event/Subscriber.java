package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.gateway.http.JsonObjects.NotAnObject;
import io.aerodb.storage.metadata.RlsContext;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Who is told.
 *
 * @param end when his token ends, in milliseconds since the epoch; he who has none is told for ever
 */
record Subscriber(RlsContext context, long end) {

    private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);
    private static final BigDecimal EVER = BigDecimal.valueOf(Long.MAX_VALUE);

    /** @param skew by which tokens outlive their expiry, as in requests */
    static Subscriber of(RlsContext context, Duration skew) {
        JsonNode expiry = claim(context);
        return new Subscriber(
                context,
                expiry == null
                        ? Long.MAX_VALUE
                        : expiry.decimalValue()
                                .multiply(MILLIS)
                                .add(BigDecimal.valueOf(skew.toMillis()))
                                .min(EVER)
                                .longValue());
    }

    boolean hasEnded() {
        return System.currentTimeMillis() >= end;
    }

    private static @Nullable JsonNode claim(RlsContext context) {
        try {
            return JsonObjects.parse(context.claims()).get("exp");
        } catch (NotAnObject impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
