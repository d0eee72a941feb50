package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Connections are bounded, whether they ask for something or not. */
class ConnectionLimitTest {

    private static final int MOST = 3;

    private final TestServer server = TestServer.with(TestServer.connections(MOST), routes());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void oneConnectionMoreThanTheLimitIsClosedAndTheOthersAreServed() {
        double refused = refused();
        try (RawConnection first = server.connect();
                RawConnection second = server.connect();
                RawConnection third = server.connect()) {
            assertThat(first.ask("GET", "/").status()).isEqualTo(200);
            assertThat(second.ask("GET", "/").status()).isEqualTo(200);
            assertThat(third.ask("GET", "/").status()).isEqualTo(200);

            assertThatThrownBy(() -> server.ask("GET", "/")).isInstanceOf(UncheckedIOException.class);

            assertThat(refused()).isEqualTo(refused + 1);
            assertThat(first.ask("GET", "/").status()).isEqualTo(200);
        }
    }

    @Test
    void aClosedConnectionMakesRoom() {
        RawConnection closed = server.connect();
        try (RawConnection second = server.connect();
                RawConnection third = server.connect()) {
            assertThat(closed.ask("GET", "/").status()).isEqualTo(200);
            assertThat(second.ask("GET", "/").status()).isEqualTo(200);
            assertThat(third.ask("GET", "/").status()).isEqualTo(200);
            closed.close();

            await().ignoreExceptions().until(() -> server.ask("GET", "/").status() == 200);
        }
    }

    private static double refused() {
        return TestServer.METERS.counter("storage.connections.refused").count();
    }

    private static RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET("/", request -> ServerResponse.ok().bodyValue("here"))
                .build();
    }
}
