package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class ConnectionTest {

    private static final int LONG = 700_000;

    @Test
    void bodiesOfKnownAndOfUnknownLengthAreReadToTheirEnd() throws IOException {
        try (StubTarget target = new StubTarget(ConnectionTest::answer);
                Client client = target.connect(Protocol.PLAIN)) {
            for (int again = 0; again < 3; again++) {
                assertThat(client.exchange(get("/known")).length()).isEqualTo(LONG);
                assertThat(client.exchange(get("/chunked")).length()).isEqualTo(LONG);
                assertThat(client.text(get("/none"))).isEmpty();
                assertThat(client.exchange(new Request("HEAD", "/known", "")).header("x-found"))
                        .isEqualTo("yes");
            }
        }
    }

    @Test
    void aBodyIsSentInPieces() throws IOException {
        try (StubTarget target = new StubTarget(ConnectionTest::answer);
                Client client = target.connect(Protocol.PLAIN)) {
            long bytes = 3 * Line.MIB + 5;

            assertThat(client.text(new Request("PUT", "/count", "").sending(Body.ofSize(bytes))))
                    .isEqualTo("" + bytes);
        }
    }

    @Test
    void anAnswerThatIsNotTheExpectedOneIsAFailure() throws IOException {
        try (StubTarget target = new StubTarget(ConnectionTest::answer);
                Client client = target.connect(Protocol.PLAIN)) {
            assertThatThrownBy(() -> client.exchange(get("/known").expecting(206, -1)))
                    .hasMessageContaining("200 OK");
            assertThatThrownBy(() -> client.exchange(get("/known").expecting(200, 7)))
                    .hasMessageContaining("" + LONG);
        }
    }

    private static Request get(String target) {
        return new Request("GET", target, "");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] body = path.equals("/count")
                ? ("" + exchange.getRequestBody().transferTo(OutputStream.nullOutputStream())).getBytes()
                : new byte[LONG];
        exchange.getResponseHeaders().add("X-Found", "yes");
        boolean none = path.equals("/none") || exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, none ? -1 : path.equals("/chunked") ? 0 : body.length);
        if (!none) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
