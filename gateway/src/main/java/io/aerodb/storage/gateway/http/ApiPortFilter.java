package io.aerodb.storage.gateway.http;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Keeps the API on its own port. Spring Boot would serve it on the management port too, where {@link ServerTuning} and our
 * handlers are not.
 */
final class ApiPortFilter implements WebFilter, Ordered {

    private static final PathPattern API = PathPatternParser.defaultInstance.parse(StorageApi.BASE + "/**");

    private final ApplicationContext application;

    /** @param application whose server has the API; the management server, when it has a port, is of a child of it */
    ApiPortFilter(ApplicationContext application) {
        this.application = application;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (exchange.getApplicationContext() == application) {
            return chain.filter(exchange);
        }
        return API.matches(exchange.getRequest().getPath().pathWithinApplication())
                ? Mono.error(ErrorCode.NO_SUCH_ROUTE::error)
                : chain.filter(unmarked(exchange));
    }

    /** There a mark of {@link RequestTargetHandler} can only come from the client. */
    private static ServerWebExchange unmarked(ServerWebExchange exchange) {
        return exchange.mutate()
                .request(request -> request.headers(headers -> headers.remove(RequestTargetHandler.MALFORMED)))
                .build();
    }

    @Override
    public int getOrder() {
        return FilterOrder.API_PORT;
    }
}
