package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.http.ErrorCode;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsUtils;

/**
 * Whose pages may listen (RFC 6455, 10.2): browsers do not keep a socket from a page of another origin, so it is done here. Where
 * all origins are allowed there is nothing to protect: a token is never sent by a browser on its own.
 *
 * @param allowed as the settings have them
 * @param own where clients reach the gateway; null when that is not known
 */
record Origins(List<String> allowed, @Nullable URI own) {

    /** @throws io.aerodb.storage.gateway.http.StorageError AccessDenied for a page of another origin */
    void check(ServerHttpRequest request) {
        String origin = request.getHeaders().getOrigin();
        if (origin != null && !isAllowed(origin) && CorsUtils.isCorsRequest(request)) {
            throw ErrorCode.ACCESS_DENIED
                    .because("Pages of this origin may not listen")
                    .with("field", "Origin");
        }
    }

    private boolean isAllowed(String origin) {
        return allowed.contains(CorsConfiguration.ALL) || allowed.contains(origin) || own != null && isOwn(own, origin);
    }

    private static boolean isOwn(URI own, String origin) {
        return origin.equalsIgnoreCase(own.getScheme() + "://" + own.getRawAuthority());
    }
}
