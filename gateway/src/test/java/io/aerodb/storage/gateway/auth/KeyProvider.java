package io.aerodb.storage.gateway.auth;

import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** Whoever publishes keys: a real server on 127.0.0.1, whose every answer is the test's. */
final class KeyProvider implements AutoCloseable {

    private final AtomicInteger requests = new AtomicInteger();
    private final DisposableServer server;
    private volatile Function<HttpServerResponse, Publisher<Void>> answer = HttpServerResponse::sendNotFound;

    KeyProvider() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    requests.incrementAndGet();
                    return answer.apply(response);
                })
                .bindNow();
    }

    URI url() {
        return URI.create("http://127.0.0.1:%d/jwks.json".formatted(server.port()));
    }

    int requests() {
        return requests.get();
    }

    void answers(Function<HttpServerResponse, Publisher<Void>> next) {
        answer = next;
    }

    void publishes(String... keys) {
        answers(response -> response.sendString(Mono.just(TestKeys.jwks(keys))));
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
