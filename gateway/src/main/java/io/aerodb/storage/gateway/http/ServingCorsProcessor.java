package io.aerodb.storage.gateway.http;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ServerWebExchange;

/**
 * Spring's rules, but only preflights are refused. Another request of an origin that is not allowed is served without the
 * headers: it is the browser that keeps the answer from the page, and behind a proxy our own pages seem to be of another
 * origin.
 */
final class ServingCorsProcessor extends DefaultCorsProcessor {

    @Override
    public boolean process(@Nullable CorsConfiguration configuration, ServerWebExchange exchange) {
        boolean allowed = configuration != null && super.process(configuration, exchange);
        if (!allowed && CorsUtils.isPreFlightRequest(exchange.getRequest())) {
            throw ErrorCode.ACCESS_DENIED.because("CORS does not allow this origin, method or header here");
        }
        return true;
    }

    @Override
    protected void rejectRequest(ServerHttpResponse response) {
        // what becomes of the request is decided above
    }
}
