package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.signing.Link;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/** Header fields of whatever a download by a signed URL answers. */
final class LinkHeaders {

    private LinkHeaders() {}

    /** The address is a secret, so no document tells it on; what is good for so many uses is not kept for more of them. */
    static void write(Link link, ServerHttpResponse response) {
        response.beforeCommit(() -> Mono.fromRunnable(() -> write(link, response.getHeaders())));
    }

    private static void write(Link link, HttpHeaders headers) {
        headers.set("referrer-policy", "no-referrer");
        if (link.counted()) {
            headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
            headers.set(HttpHeaders.ACCEPT_RANGES, "none");
        }
    }
}
