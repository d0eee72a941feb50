package io.aerodb.storage.gateway.compat;

import java.nio.charset.StandardCharsets;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;

/** Says in words what the native answer to a removal says by 204. */
final class SpokenRemoval extends ServerHttpResponseDecorator {

    private static final byte[] WORDS = "{\"message\":\"Successfully deleted\"}".getBytes(StandardCharsets.UTF_8);

    SpokenRemoval(ServerHttpResponse response) {
        super(response);
    }

    @Override
    public Mono<Void> setComplete() {
        return getStatusCode() == HttpStatus.NO_CONTENT ? say() : super.setComplete();
    }

    private Mono<Void> say() {
        setStatusCode(HttpStatus.OK);
        getHeaders().setContentType(MediaType.APPLICATION_JSON);
        getHeaders().setContentLength(WORDS.length);
        return writeWith(Mono.fromSupplier(this::words));
    }

    private DataBuffer words() {
        return bufferFactory().wrap(WORDS);
    }
}
