package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.wiring.AuditSettings.WhenFull;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Where nothing may happen unaudited: refuses requests with 503 while half of the room for lines that wait is taken, so that
 * those under way find room for theirs.
 */
final class AuditGate implements WebFilter, Ordered {

    private static final String REFUSED = AuditGate.class.getName();
    private static final double MOST = 0.5;
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final DoubleSupplier filled;
    private final boolean refuses;

    /** @param filled the part of the room that is taken, from 0 to 1 */
    AuditGate(DoubleSupplier filled, WhenFull whenFull) {
        this.filled = filled;
        this.refuses = whenFull == WhenFull.REFUSE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!refuses || filled.getAsDouble() <= MOST || !isApi(exchange)) {
            return chain.filter(exchange);
        }
        exchange.getAttributes().put(REFUSED, true);
        return Mono.error(() -> ErrorCode.SERVICE_UNAVAILABLE
                .because("The audit log is behind, try again later")
                .retryAfter(RETRY));
    }

    /** Whether this request was refused here, whose line would take the room that is kept for others. */
    static boolean refused(ServerWebExchange exchange) {
        return exchange.getAttributes().containsKey(REFUSED);
    }

    private static boolean isApi(ServerWebExchange exchange) {
        String path = exchange.getRequest().getURI().getRawPath();
        return path.startsWith(StorageApi.BASE) || path.startsWith(StorageApi.LEGACY_BASE);
    }

    @Override
    public int getOrder() {
        return FilterOrder.AUDIT_GATE;
    }
}
