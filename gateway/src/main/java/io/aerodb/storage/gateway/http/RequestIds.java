package io.aerodb.storage.gateway.http;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives every request an id: the client's {@code x-request-id} when it is 1 to 64 characters of {@code A-Za-z0-9._-},
 * else a new one. It is sent back on every answer and stands in every error body and log line.
 */
public final class RequestIds implements WebFilter, Ordered {

    public static final String HEADER = "x-request-id";

    private static final String ATTRIBUTE = RequestIds.class.getName();
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** The id of a request; {@code -} for one that never passed this filter. */
    public static String of(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(ATTRIBUTE, "-");
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String id = accepted(exchange.getRequest().getHeaders().getFirst(HEADER));
        exchange.getAttributes().put(ATTRIBUTE, id);
        exchange.getResponse().getHeaders().set(HEADER, id);
        return chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return FilterOrder.REQUEST_ID;
    }

    static String accepted(@Nullable String sent) {
        return sent != null && SAFE.matcher(sent).matches() ? sent : fresh();
    }

    static String fresh() {
        return UUID.randomUUID().toString();
    }
}
