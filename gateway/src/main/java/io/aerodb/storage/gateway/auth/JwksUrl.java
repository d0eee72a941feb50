package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.wiring.StartRefused;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** The address of a JWK set, and how to fetch it without blocking a thread. */
final class JwksUrl {

    private static final int MOST_BYTES = 1024 * 1024;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final URI url;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * @param timeout from connecting to the last byte
     * @throws StartRefused when others could change the keys on their way here
     */
    JwksUrl(URI url, Duration timeout) {
        if (!isTrustworthy(url)) {
            throw new StartRefused(
                    "The address of storage.auth.jwks-url must begin with https://; http:// is allowed for "
                            + "localhost, 127.0.0.1 and [::1] only. Whoever can change the keys on their way can sign tokens.");
        }
        this.url = url;
        this.timeout = timeout;
        this.client = HttpClient.newConnection()
                .followRedirect(false)
                .disableRetry(true)
                .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "application/json"));
    }

    /** Fails when the answer is not 200, too large, or too late. */
    Mono<PublishedJwks> fetch() {
        return client.get().uri(url).response(JwksUrl::read).single().timeout(timeout);
    }

    private static boolean isTrustworthy(URI url) {
        String host = url.getHost();
        return host != null
                && ("https".equalsIgnoreCase(url.getScheme())
                        || "http".equalsIgnoreCase(url.getScheme()) && LOOPBACK.contains(host));
    }

    private static Mono<PublishedJwks> read(HttpClientResponse response, ByteBufFlux body) {
        if (response.status().code() != 200) {
            return Mono.error(() -> new Jwks.Unusable(
                    "was answered with status %d".formatted(response.status().code())));
        }
        String cacheControl = response.responseHeaders().get(HttpHeaderNames.CACHE_CONTROL);
        return body.asByteArray()
                .reduceWith(ByteArrayOutputStream::new, JwksUrl::appended)
                .map(bytes -> new PublishedJwks(bytes.toString(StandardCharsets.UTF_8), cacheControl));
    }

    private static ByteArrayOutputStream appended(ByteArrayOutputStream all, byte[] more) {
        if (all.size() + more.length > MOST_BYTES) {
            throw new Jwks.Unusable("is larger than 1 MiB");
        }
        all.writeBytes(more);
        return all;
    }
}
