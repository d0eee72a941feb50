package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.http.RequestIds;
import io.aerodb.storage.metadata.RlsContext;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * One line per request on the logger {@code access}: who did what and how it ended. Never the query string, which may hold
 * a signed URL's token; never a header. Values are escaped, so no client can forge a line.
 */
final class AccessLog implements WebFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger("access");
    private static final String NONE = "-";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        CountingResponse response = CountingResponse.around(exchange.getResponse());
        ServerWebExchange counted = exchange.mutate().response(response).build();
        long start = System.nanoTime();
        return chain.filter(counted).doFinally(end -> write(counted, response.bytes(), start, end));
    }

    @Override
    public int getOrder() {
        return FilterOrder.ACCESS_LOG;
    }

    private static void write(ServerWebExchange exchange, long bytes, long start, SignalType end) {
        Optional<RlsContext> caller = RlsContextFilter.find(exchange);
        log.info(
                "method={} path={} status={} bytes={} duration_ms={} user_id={} role={}{} request_id={}{}",
                LogText.value(exchange.getRequest().getMethod().name()),
                LogText.value(exchange.getRequest().getURI().getRawPath()),
                status(exchange),
                bytes,
                Duration.ofNanos(System.nanoTime() - start).toMillis(),
                caller.map(RlsContext::userId).map(LogText::value).orElse(NONE),
                caller.map(context -> context.role().databaseName()).orElse(NONE),
                caller.filter(RlsContext::canBypassRls).isPresent() ? " bypass=true" : "",
                RequestIds.of(exchange),
                end == SignalType.ON_COMPLETE ? "" : " aborted=true");
    }

    private static String status(ServerWebExchange exchange) {
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        return status == null ? NONE : Integer.toString(status.value());
    }
}
