package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.HttpSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** A real server with our filters, error answers and tuning, and nothing of Boot. */
public final class TestServer implements AutoCloseable {

    /** Of all test servers. */
    static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

    private final DisposableServer server;

    private TestServer(DisposableServer server) {
        this.server = server;
    }

    public static TestServer of(RouterFunction<ServerResponse> routes, WebFilter... filters) {
        return with(settings(Duration.ofSeconds(20)), routes, filters);
    }

    static TestServer with(HttpSettings settings, RouterFunction<ServerResponse> routes, WebFilter... filters) {
        return with(HttpServer.create(), settings, routes, filters);
    }

    /** HTTP/1.1 and cleartext HTTP/2. */
    static TestServer http2(HttpSettings settings, RouterFunction<ServerResponse> routes) {
        return with(HttpServer.create().protocol(HttpProtocol.HTTP11, HttpProtocol.H2C), settings, routes);
    }

    private static TestServer with(
            HttpServer plain, HttpSettings settings, RouterFunction<ServerResponse> routes, WebFilter... filters) {
        HttpServer server =
                new ServerTuning(settings, METERS).apply(plain.host("127.0.0.1").port(0));
        return new TestServer(server.handle(new ReactorHttpHandlerAdapter(handler(routes, List.of(filters))))
                .bindNow());
    }

    static HttpSettings settings(Duration idleTimeout) {
        return settings(idleTimeout, Duration.ofSeconds(30));
    }

    static HttpSettings settings(Duration idleTimeout, Duration bodyIdleTimeout) {
        return settings(idleTimeout, bodyIdleTimeout, 0, Duration.ofSeconds(30));
    }

    /** Clients that are slower than this over the window are cut off. */
    static HttpSettings impatient(long bytesPerSecond, Duration window) {
        return settings(Duration.ofSeconds(20), Duration.ofSeconds(30), bytesPerSecond, window);
    }

    private static HttpSettings settings(
            Duration idleTimeout, Duration bodyIdleTimeout, long bytesPerSecond, Duration window) {
        return settings(10_000, idleTimeout, bodyIdleTimeout, bytesPerSecond, window);
    }

    /** So many connections at once. */
    static HttpSettings connections(int most) {
        return settings(most, Duration.ofSeconds(20), Duration.ofSeconds(30), 0, Duration.ofSeconds(30));
    }

    private static HttpSettings settings(
            int connections, Duration idleTimeout, Duration bodyIdleTimeout, long bytesPerSecond, Duration window) {
        return new HttpSettings(
                connections,
                DataSize.ofKilobytes(8),
                DataSize.ofKilobytes(8),
                DataSize.ofKilobytes(64),
                DataSize.ofKilobytes(64),
                DataSize.ofMegabytes(4),
                idleTimeout,
                bodyIdleTimeout,
                DataSize.ofBytes(bytesPerSecond),
                window);
    }

    /** A head may be long although its line may not. */
    static HttpSettings roomyHead() {
        DataSize line = DataSize.ofKilobytes(8);
        DataSize head = DataSize.ofKilobytes(64);
        return new HttpSettings(
                10_000,
                line,
                head,
                head,
                head,
                DataSize.ofMegabytes(4),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                DataSize.ofBytes(0),
                Duration.ofSeconds(30));
    }

    private static HttpHandler handler(RouterFunction<ServerResponse> routes, List<WebFilter> more) {
        Problems problems = new Problems();
        List<WebFilter> filters = new ArrayList<>(more);
        filters.addAll(List.of(new RequestIds(), problems, new MalformedRequestFilter()));
        filters.sort((Comparator<Object>) AnnotationAwareOrderComparator.INSTANCE);
        return WebHttpHandlerBuilder.webHandler(RouterFunctions.toWebHandler(routes))
                .filters(all -> all.addAll(filters))
                .exceptionHandler(problems)
                .build();
    }

    int port() {
        return server.port();
    }

    public RawConnection connect() {
        return RawConnection.to(server.port());
    }

    /** Sends one request and reads its answer. */
    public RawResponse ask(String method, String target, String... headers) {
        try (RawConnection connection = connect()) {
            return connection.ask(method, target, headers);
        }
    }

    @Override
    public void close() {
        server.disposeNow();
    }
}
