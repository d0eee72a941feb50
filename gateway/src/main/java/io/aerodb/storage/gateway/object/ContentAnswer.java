package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.Connections;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.CollectionUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The answer with content, or to a HEAD. Its body decides when the head is written, straight into the response: nothing is set
 * before the bytes are there. Conditions were decided before; a response of Spring's builder would look at them again, and judge
 * otherwise: If-Unmodified-Since also beside If-Match.
 */
record ContentAnswer(HttpStatusCode statusCode, Consumer<HttpHeaders> fields, Body body) implements ServerResponse {

    @FunctionalInterface
    interface Body {

        /**
         * Sends it. A failure before the head is written is answered with an error.
         *
         * @param head writes the header fields; to be run once, before the first byte is sent
         */
        Mono<Void> to(ServerHttpResponse response, Runnable head);
    }

    /** To a HEAD. */
    static Body none() {
        return (response, head) -> {
            head.run();
            return response.setComplete();
        };
    }

    /** All of it in one buffer, which is there before the head and goes out with it. Reactor Netty itself does not wait until it is out. */
    static Body atOnce(Mono<DataBuffer> bytes) {
        return (response, head) ->
                response.writeWith(bytes.doOnNext(there -> begin(head, there))).then(Connections.taken(response));
    }

    /** Who fails here releases the bytes: Reactor forgets them. */
    private static void begin(Runnable head, DataBuffer bytes) {
        try {
            head.run();
        } catch (RuntimeException failure) {
            DataBufferUtils.release(bytes);
            throw failure;
        }
    }

    @Override
    public Mono<Void> writeTo(ServerWebExchange exchange, Context context) {
        ServerHttpResponse response = exchange.getResponse();
        return body.to(response, () -> writeHead(response));
    }

    @Override
    public HttpHeaders headers() {
        HttpHeaders headers = new HttpHeaders();
        fields.accept(headers);
        return headers;
    }

    @Override
    public MultiValueMap<String, ResponseCookie> cookies() {
        return CollectionUtils.toMultiValueMap(Map.of());
    }

    private void writeHead(ServerHttpResponse response) {
        response.setStatusCode(statusCode);
        fields.accept(response.getHeaders());
    }
}
