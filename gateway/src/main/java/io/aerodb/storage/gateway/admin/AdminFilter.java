package io.aerodb.storage.gateway.admin;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.RlsContext;
import java.util.Optional;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Keeps everybody but service_role from all addresses below one, whatever is there: 401 without a token, 403 with another
 * one's.
 */
final class AdminFilter implements WebFilter, Ordered {

    private final PathPattern below;

    AdminFilter(String address) {
        this.below = PathPatternParser.defaultInstance.parse(address + "/**");
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (!below.matches(exchange.getRequest().getPath().pathWithinApplication())) {
            return chain.filter(exchange);
        }
        Optional<RlsContext> caller = RlsContextFilter.find(exchange);
        if (caller.filter(RlsContext::canBypassRls).isPresent()) {
            return chain.filter(exchange);
        }
        return Mono.error(() -> caller.map(PermissionChecker::denied).orElseGet(ErrorCode.ACCESS_DENIED::error));
    }

    /** Behind the identity. */
    @Override
    public int getOrder() {
        return FilterOrder.ADMIN;
    }
}
