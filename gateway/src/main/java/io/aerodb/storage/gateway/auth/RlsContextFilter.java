package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.http.LinkToken;
import io.aerodb.storage.metadata.RlsContext;
import java.util.List;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Makes the {@link RlsContext} of a request, once: from its token, or {@link RlsContext#ANONYMOUS} without one. A bad token
 * ends the request with 401; it never makes anyone anonymous. A signed URL is opened by its
 * own token alone, so the identity of who opens it is not asked. Tokens are not logged.
 */
public final class RlsContextFilter implements WebFilter, Ordered {

    private static final String ATTRIBUTE = RlsContextFilter.class.getName();

    private final TokenVerifier tokens;
    private final List<PathPattern> mounts;

    /** @param mounts where the API is: like {@code /storage/v1}; requests elsewhere have no context */
    RlsContextFilter(TokenVerifier tokens, List<String> mounts) {
        this.tokens = tokens;
        this.mounts = mounts.stream()
                .map(mount -> PathPatternParser.defaultInstance.parse(mount + "/**"))
                .toList();
    }

    /** @throws IllegalStateException for a request outside of the mounts */
    public static RlsContext of(ServerRequest request) {
        return of(request.exchange());
    }

    /** @throws IllegalStateException for a request outside of the mounts, or that was refused before */
    public static RlsContext of(ServerWebExchange exchange) {
        return find(exchange).orElseThrow(() -> new IllegalStateException("a request outside of the API's mounts"));
    }

    /** The context, when the request came far enough to have one. */
    public static Optional<RlsContext> find(ServerWebExchange exchange) {
        return Optional.ofNullable(exchange.getAttribute(ATTRIBUTE));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        PathContainer path = exchange.getRequest().getPath().pathWithinApplication();
        return mounts.stream().anyMatch(mount -> mount.matches(path))
                ? context(exchange).flatMap(context -> filter(exchange, context, chain))
                : chain.filter(exchange);
    }

    @Override
    public int getOrder() {
        return FilterOrder.IDENTITY;
    }

    private static Mono<Void> filter(ServerWebExchange exchange, RlsContext context, WebFilterChain chain) {
        exchange.getAttributes().put(ATTRIBUTE, context);
        return chain.filter(exchange);
    }

    private Mono<RlsContext> context(ServerWebExchange exchange) {
        if (LinkToken.of(exchange.getRequest()).isPresent()) {
            return Mono.just(RlsContext.ANONYMOUS);
        }
        return BearerToken.of(exchange.getRequest().getHeaders())
                .map(tokens::verify)
                .orElse(Mono.just(RlsContext.ANONYMOUS));
    }
}
