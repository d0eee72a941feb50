package io.aerodb.storage.gateway.http;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Refuses what {@link RequestTargetHandler} marked. */
final class MalformedRequestFilter implements WebFilter, Ordered {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String mark = exchange.getRequest().getHeaders().getFirst(RequestTargetHandler.MALFORMED);
        return mark == null
                ? chain.filter(exchange)
                : Mono.error(() -> Malformation.valueOf(mark).error());
    }

    @Override
    public int getOrder() {
        return FilterOrder.MALFORMED_REQUEST;
    }
}
