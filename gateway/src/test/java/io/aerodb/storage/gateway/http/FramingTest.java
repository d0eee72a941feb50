package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Request heads that are odd, contradictory, too long or too slow, over raw sockets. */
class FramingTest {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.of(routes());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .GET("/ok", request -> ServerResponse.ok().bodyValue("ok"))
                .GET("/host", request -> ServerResponse.ok()
                        .bodyValue(request.uri().resolve("/").toString().replaceAll("(:\\d+)?/$", "")))
                .GET("/query", request -> ServerResponse.ok()
                        .bodyValue(request.queryParam("q").orElse("none")))
                .POST("/count", FramingTest::count)
                .build();
    }

    private static Mono<ServerResponse> count(ServerRequest request) {
        return request.body(BodyExtractors.toDataBuffers())
                .map(buffer -> {
                    int bytes = buffer.readableByteCount();
                    DataBufferUtils.release(buffer);
                    return bytes;
                })
                .reduce(0, Integer::sum)
                .flatMap(bytes -> ServerResponse.ok().bodyValue(bytes.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello",
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello",
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
                "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "POST /count HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /ok HTTP/9.9.9\r\nHost: x\r\n\r\n",
                "GET /ok\r\nHost: x\r\n\r\n",
                "GET /ok HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
                "GET /ok HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n",
                "GET /ok HTTP/1.1\r\n folded: x\r\nHost: x\r\n\r\n",
                "\u0016\u0003\u0001\u0002 garbage that is no HTTP\r\n\r\n"
            })
    void undecodableHeadsGetOurBodyAndTheConnectionCloses(String request) {
        try (RawConnection connection = server.connect().send(request)) {
            RawResponse response = connection.read();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.code()).isEqualTo("InvalidRequest");
            assertThat(response.header("x-request-id"))
                    .contains(response.json().path("request_id").asString());
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "identity, chunked", "chunked,"})
    void aTransferCodingBesideChunkedIsRefused(String coding) {
        String request = "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: %s\r\n\r\n0\r\n\r\n".formatted(coding);
        try (RawConnection connection = server.connect().send(request)) {
            RawResponse response = connection.read();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.json().path("field").asString()).isEqualTo("Transfer-Encoding");
        }
    }

    @Test
    void aSmuggledRequestIsNeverAnswered() {
        String smuggled = "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n";
        String request =
                "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n%s"
                        .formatted(5 + smuggled.length(), smuggled);
        try (RawConnection connection = server.connect().send(request)) {
            assertThat(connection.read().status()).isEqualTo(400);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aLongRequestLineIs414() {
        RawResponse response = server.ask("GET", "/" + "a".repeat(9000));

        assertThat(response.status()).isEqualTo(414);
        assertThat(response.code()).isEqualTo("UriTooLong");
    }

    @Test
    void largeHeadersAre431() {
        RawResponse response = server.ask("GET", "/ok", "X-Large: " + "a".repeat(9000));

        assertThat(response.status()).isEqualTo(431);
        assertThat(response.code()).isEqualTo("HeadersTooLarge");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://other.example/ok", "HTTP://other.example:99/ok?x", "https://user@other.example/ok"})
    void absoluteFormIsServedByItsPath(String target) {
        assertThat(server.ask("GET", target).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "ftp://x/ok", "localhost:80", "?x", "%", "\\ok", "http:/ok"})
    void otherTargetsAreRefused(String target) {
        RawResponse response = server.ask("GET", target);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.code()).isEqualTo("InvalidRequest");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"OPTIONS * ", "CONNECT localhost:80 ", "GET http://other.example ", "TRACE /ok ", "BREW /ok "})
    void strangeRequestsAreAnsweredCleanly(String request) {
        try (RawConnection connection = server.connect().send(request + "HTTP/1.1\r\nHost: x\r\n\r\n")) {
            assertThat(connection.read().status()).isIn(400, 404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: a\r\nHost: b\r\n"})
    void exactlyOneHostIsRequired(String hosts) {
        try (RawConnection connection = server.connect().send("GET /ok HTTP/1.1\r\n" + hosts + "\r\n")) {
            assertThat(connection.read().status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[::1",
                "a b",
                "a:b",
                "a:99999999",
                "x\"y",
                "[",
                "%zz",
                "a/b",
                "a@b",
                "ü",
                "a:",
                "::",
                "a%00b",
                "evil.example:8080"
            })
    void noHostHeaderBreaksTheServer(String host) {
        try (RawConnection connection = server.connect().send("GET /ok HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
            assertThat(connection.read().status()).isIn(200, 400);
        }
    }

    @Test
    void http10NeedsNoHost() {
        try (RawConnection connection = server.connect().send("GET /ok HTTP/1.0\r\n\r\n")) {
            assertThat(connection.read().body()).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a[b]", "a|b", "{}", "x\"y", "100%", "%zz", "a^b", "?"})
    void oddQueriesAreData(String value) {
        assertThat(server.ask("GET", "/query?q=" + value).body()).isEqualTo(value);
    }

    @Test
    void aClientCannotMarkItsRequestAsMalformed() {
        assertThat(server.ask("GET", "/ok", "x-aerodb-malformed: nonsense").body())
                .isEqualTo("ok");
    }

    @Test
    void thereIsNoServerHeader() {
        assertThat(server.ask("GET", "/ok").header("Server")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Prefix: /x", "X-Forwarded-Host: evil.example", "X-Forwarded-Port: x",
                "Forwarded: host=evil.example;proto=https", "X-Forwarded-Proto: [", "X-Forwarded-For: ::1]"
            })
    void forwardedHeadersChangeNothing(String header) {
        assertThat(server.ask("GET", "/ok", header).body()).isEqualTo("ok");
        assertThat(server.ask("GET", "/host", header).body()).isEqualTo("http://localhost");
    }

    @Test
    void nothingIsCompressed() {
        assertThat(server.ask("GET", "/ok", "Accept-Encoding: gzip, br").header("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        String first = RawConnection.head("GET", "/query?q=1");
        String second = RawConnection.head("GET", "/query?q=2");
        try (RawConnection connection = server.connect().send(first + second)) {
            assertThat(connection.read().body()).isEqualTo("1");
            assertThat(connection.read().body()).isEqualTo("2");
        }
    }

    @Test
    void aHeadThatTricklesIsCutOff() {
        try (TestServer hasty = TestServer.with(TestServer.settings(Duration.ofMillis(400)), routes());
                RawConnection connection = hasty.connect().send("GET /ok HTTP/1.1\r\nHost: x\r\nX: ")) {
            int sent = 0;
            while (connection.staysSilent(50) && sent < 200) {
                connection.send("a");
                sent++;
            }
            assertThat(sent).isBetween(4, 100);
        }
    }

    @Test
    void aKeptAliveConnectionIsClosedWhenIdle() {
        try (TestServer hasty = TestServer.with(TestServer.settings(Duration.ofMillis(200)), routes());
                RawConnection connection = hasty.connect()) {
            assertThat(connection.ask("GET", "/ok").body()).isEqualTo("ok");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void chunkedBodiesAreCounted() {
        String chunks = "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n";
        try (RawConnection connection =
                server.connect().send(RawConnection.head("POST", "/count", "Transfer-Encoding: chunked") + chunks)) {
            assertThat(connection.read().body()).isEqualTo("11");
        }
    }
}
