package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;

/** Of an HTTP/2 connection only the stream that is not taken is cut. */
class SlowStreamsTest {

    private static final int PIECE = 50_000;
    private static final Duration WINDOW = Duration.ofMillis(600);

    private final AtomicInteger ended = new AtomicInteger();
    private final TestServer server = TestServer.http2(TestServer.impatient(100_000, WINDOW), routes());
    private final double cut = cut();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aStreamThatIsNotTakenIsResetAndTheConnectionGoesOn() throws Exception {
        try (Http2Connection connection = Http2Connection.withoutRoom(server.port())) {
            connection.open(Http2Connection.head("GET", "/endless"), true);

            await().until(() -> ended.get() == 1);
            assertThat(cut()).isEqualTo(cut + 1);
            assertThat(connection.ask(Http2Connection.head("GET", "/nothing")).status())
                    .isEqualTo(204);
        }
    }

    @Test
    void aStreamThatIsTakenGoesOn() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            assertThat(connection.ask(Http2Connection.head("GET", "/pieces")).body())
                    .hasSize(100 * PIECE);
        }
        assertThat(cut()).isEqualTo(cut);
    }

    private RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET("/endless", request -> ServerResponse.ok()
                        .body(pieces(1_000_000).doFinally(end -> ended.incrementAndGet()), DataBuffer.class))
                .GET("/pieces", request -> ServerResponse.ok().body(pieces(100), DataBuffer.class))
                .GET("/nothing", request -> ServerResponse.noContent().build())
                .build();
    }

    private static Flux<DataBuffer> pieces(int count) {
        return Flux.range(0, count).map(i -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[PIECE]));
    }

    private static double cut() {
        return TestServer.METERS
                .get("storage.slow.clients")
                .tag("kind", "reader")
                .counter()
                .count();
    }
}
