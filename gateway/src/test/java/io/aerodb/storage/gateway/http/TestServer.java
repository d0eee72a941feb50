package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.wiring.HttpSettings;
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
import reactor.netty.http.server.HttpServer;

/** A real server with our filters, error answers and tuning, and nothing of Boot. */
public final class TestServer implements AutoCloseable {

    private final DisposableServer server;

    private TestServer(DisposableServer server) {
        this.server = server;
    }

    public static TestServer of(RouterFunction<ServerResponse> routes, WebFilter... filters) {
        return with(settings(Duration.ofSeconds(20)), routes, filters);
    }

    static TestServer with(HttpSettings settings, RouterFunction<ServerResponse> routes, WebFilter... filters) {
        HttpServer server = new ServerTuning(settings)
                .apply(HttpServer.create().host("127.0.0.1").port(0));
        return new TestServer(server.handle(new ReactorHttpHandlerAdapter(handler(routes, List.of(filters))))
                .bindNow());
    }

    static HttpSettings settings(Duration idleTimeout) {
        return settings(idleTimeout, Duration.ofSeconds(30));
    }

    static HttpSettings settings(Duration idleTimeout, Duration bodyIdleTimeout) {
        return new HttpSettings(
                DataSize.ofKilobytes(8),
                DataSize.ofKilobytes(8),
                DataSize.ofKilobytes(64),
                DataSize.ofKilobytes(64),
                idleTimeout,
                bodyIdleTimeout);
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
