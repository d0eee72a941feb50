package io.aerodb.storage.harness;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Whoever publishes the keys of tokens, on this machine. It is down until it is told what to publish. */
public final class KeyProvider implements AutoCloseable {

    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile int status = 503;
    private volatile byte[] body = {};

    public KeyProvider() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            server.createContext("/", this::answer);
            server.start();
        } catch (IOException noSocket) {
            throw new UncheckedIOException(noSocket);
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json");
    }

    /** Asked so often until now. */
    public int requests() {
        return requests.get();
    }

    public void publishes(List<? extends JWK> keys) {
        body = Bytes.of(new JWKSet(List.copyOf(keys)).toString());
        status = 200;
    }

    public void isDown() {
        status = 503;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
