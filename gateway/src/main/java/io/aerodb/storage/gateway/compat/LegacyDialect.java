package io.aerodb.storage.gateway.compat;

import io.aerodb.storage.gateway.auth.BearerToken;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.FilterOrder;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.http.StorageError;
import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * The API once more, below {@link StorageApi#LEGACY_BASE}, as Supabase's server has always answered: a success is 200, a
 * refusal is 400 and says in its body what it is. What is asked there goes the way of the native API, so everything but the
 * status and the two refusals of {@link #refusal} is the same; links in answers are relative to the base, or native.
 */
final class LegacyDialect implements WebFilter, Ordered {

    /** What clients know from a header that Supabase's server misses. */
    private static final String NO_TOKEN = "headers must have required property 'authorization'";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getURI().getRawPath();
        return path.equals(StorageApi.LEGACY_BASE) || path.startsWith(StorageApi.LEGACY_BASE + "/")
                ? translated(exchange, path.substring(StorageApi.LEGACY_BASE.length()), chain)
                : chain.filter(exchange);
    }

    /** Inside of the access log, which shows what was asked and answered; outside of all that knows the API's addresses. */
    @Override
    public int getOrder() {
        return FilterOrder.DIALECT;
    }

    private static Mono<Void> translated(ServerWebExchange exchange, String path, WebFilterChain chain) {
        ServerHttpResponse response = exchange.getResponse();
        response.beforeCommit(() -> Mono.fromRunnable(() -> translateStatus(response)));
        ServerWebExchange asNative = exchange.mutate()
                .request(request -> request.path(StorageApi.BASE + path))
                .response(spoken(exchange.getRequest(), response))
                .build();
        return chain.filter(asNative).onErrorMap(StorageError.class, error -> refusal(error, exchange.getRequest()));
    }

    /** Only removals answer 204; the others keep the response that can send a file without copying it. */
    private static ServerHttpResponse spoken(ServerHttpRequest request, ServerHttpResponse response) {
        return request.getMethod() == HttpMethod.DELETE ? new SpokenRemoval(response) : response;
    }

    private static void translateStatus(ServerHttpResponse response) {
        HttpStatusCode status = response.getStatusCode();
        if (status == HttpStatus.CREATED) {
            response.setStatusCode(HttpStatus.OK);
        } else if (status != null && isFlattened(status)) {
            response.setStatusCode(HttpStatus.BAD_REQUEST);
        }
    }

    private static boolean isFlattened(HttpStatusCode status) {
        return status.is4xxClientError()
                && status != HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE
                && status != HttpStatus.TOO_MANY_REQUESTS;
    }

    /** A token that is missing is a missing header; one that is not valid is 403 in the body. */
    private static StorageError refusal(StorageError error, ServerHttpRequest request) {
        if (error.code() != ErrorCode.UNAUTHORIZED) {
            return error;
        }
        return hasToken(request.getHeaders())
                ? retold(error, ErrorCode.ACCESS_DENIED, error.message())
                : retold(error, ErrorCode.UNAUTHORIZED, NO_TOKEN);
    }

    private static boolean hasToken(HttpHeaders headers) {
        return BearerToken.HEADERS.stream().anyMatch(headers::containsHeader);
    }

    private static StorageError retold(StorageError error, ErrorCode code, String message) {
        StorageError retold = code.because(message);
        for (Map.Entry<String, Object> detail : error.details().entrySet()) {
            retold = retold.with(detail.getKey(), detail.getValue());
        }
        return retold;
    }
}
