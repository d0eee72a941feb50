package io.aerodb.storage.gateway.openapi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** A text that is the same as long as the process lives. Caches may keep it; nothing in it runs or is loaded. */
final class FixedAnswer {

    private static final CacheControl CACHE =
            CacheControl.maxAge(Duration.ofMinutes(5)).cachePublic();

    private final byte[] content;
    private final MediaType type;
    private final String etag;

    private FixedAnswer(byte[] content, MediaType type) {
        this.content = content;
        this.type = type;
        this.etag = '"' + HexFormat.of().formatHex(sha256(content), 0, 16) + '"';
    }

    static FixedAnswer of(String content, MediaType type) {
        return new FixedAnswer(content.getBytes(StandardCharsets.UTF_8), type);
    }

    /** 200, or 304 for who has it. */
    Mono<ServerResponse> answer(ServerRequest request) {
        HttpHeaders asked = request.headers().asHttpHeaders();
        ServerResponse.BodyBuilder answer = isKnown(asked) ? ServerResponse.status(HttpStatus.NOT_MODIFIED) : whole();
        answer.eTag(etag).cacheControl(CACHE);
        return isKnown(asked) || request.method() == HttpMethod.HEAD ? answer.build() : answer.bodyValue(content);
    }

    private boolean isKnown(HttpHeaders asked) {
        return asked.getIfNoneMatch().stream().anyMatch(known -> known.equals("*") || known.endsWith(etag));
    }

    private ServerResponse.BodyBuilder whole() {
        return ServerResponse.ok()
                .contentType(type)
                .contentLength(content.length)
                .header("x-content-type-options", "nosniff")
                .header("referrer-policy", "no-referrer")
                .header(
                        "content-security-policy",
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
