package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What holds for HTTP/1.1 holds for HTTP/2, on its streams. */
class Http2Test {

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.http2(TestServer.settings(Duration.ofSeconds(20), Duration.ofMillis(300)), routes());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RouterFunction<ServerResponse> routes() {
        return RouterFunctions.route()
                .POST("/refuse", request -> Mono.error(ErrorCode.ACCESS_DENIED::error))
                .POST("/take", Http2Test::take)
                .GET("/path/**", request -> ServerResponse.ok()
                        .bodyValue(request.exchange().getRequest().getURI().getRawPath()))
                .build();
    }

    private static Mono<ServerResponse> take(ServerRequest request) {
        return request.body(BodyExtractors.toDataBuffers())
                .doOnNext(DataBufferUtils::release)
                .then(Mono.defer(() -> ServerResponse.ok().bodyValue("taken")));
    }

    @Test
    void charactersThatAUriMayNotHaveAreData() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            RawResponse answer = connection.ask(Http2Connection.head("GET", "/path/a[1]|x"));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("/path/a%5B1%5D%7Cx");
        }
    }

    @Test
    void aMalformedPathIsRefusedAndTheConnectionGoesOn() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            assertThat(connection.ask(Http2Connection.head("GET", "/path/%zz")).code())
                    .isEqualTo("InvalidKey");
            assertThat(connection.ask(Http2Connection.head("GET", "path")).code())
                    .isEqualTo("InvalidRequest");
            assertThat(connection.ask(Http2Connection.head("GET", "/path/x")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void oneHostHasToBeNamed() throws Exception {
        Http2Headers none = Http2Connection.head("GET", "/path/x");
        none.remove(":authority");
        Http2Headers host = Http2Connection.head("GET", "/path/x");
        host.remove(":authority");
        host.add("host", "localhost");
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            RawResponse refused = connection.ask(none);

            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().path("field").asString()).isEqualTo("Host");
            assertThat(connection.ask(host).status()).isEqualTo(200);
        }
    }

    @Test
    void nobodyMarksHisOwnRequest() throws Exception {
        Http2Headers marked = Http2Connection.head("GET", "/path/x");
        marked.add("x-aerodb-malformed", "nonsense");
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            assertThat(connection.ask(marked).status()).isEqualTo(200);
        }
    }

    @Test
    void theLimitsOfTheHeadHold() throws Exception {
        Http2Headers large = Http2Connection.head("GET", "/path/x");
        large.add("x-large", "a".repeat(9_000));
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            assertThat(connection
                            .ask(Http2Connection.head("GET", "/path/" + "a".repeat(7_000)))
                            .status())
                    .isEqualTo(200);
            assertThat(connection.ask(large).status()).isEqualTo(431);
        }
    }

    @Test
    void aPathIsNoLongerThanARequestLine() throws Exception {
        try (TestServer roomy = TestServer.http2(TestServer.roomyHead(), routes());
                Http2Connection connection = Http2Connection.to(roomy.port())) {
            RawResponse refused = connection.ask(Http2Connection.head("GET", "/path/" + "a".repeat(9_000)));

            assertThat(refused.code()).isEqualTo("UriTooLong");
        }
    }

    @Test
    void aBodyThatStopsComingIsAnswered408() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            Http2Connection.Stream stalled = connection.open(Http2Connection.head("POST", "/take"), false);
            stalled.send(5, false);

            RawResponse answer = stalled.answer();

            assertThat(answer.status()).isEqualTo(408);
            assertThat(connection.ask(Http2Connection.head("GET", "/path/x")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aWholeBodyIsTaken() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            Http2Connection.Stream stream = connection.open(Http2Connection.head("POST", "/take"), false);
            stream.send(100_000, false);
            stream.send(0, true);

            assertThat(stream.answer().body()).isEqualTo("taken");
        }
    }

    @Test
    void theRestOfARefusedBodyIsNotWantedAndTheConnectionGoesOn() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            Http2Connection.Stream refused = connection.open(Http2Connection.head("POST", "/refuse"), false);
            for (int i = 0; i < 40; i++) {
                refused.send(64 * 1024, false);
            }

            assertThat(refused.answer().code()).isEqualTo("AccessDenied");
            assertThat(refused.resetCode()).isEqualTo(Http2Error.NO_ERROR.code());
            assertThat(connection.ask(Http2Connection.head("GET", "/path/x")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void theServerSaysHowMuchItTakes() throws Exception {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            assertThat(connection.settings().maxConcurrentStreams()).isEqualTo(100);
            assertThat(connection.settings().initialWindowSize()).isEqualTo(256 * 1024);
            assertThat(connection.settings().maxHeaderListSize()).isEqualTo(8 * 1024);
        }
    }

    @Test
    void whoOnlyOpensAndResetsStreamsIsCutOff() {
        try (Http2Connection connection = Http2Connection.to(server.port())) {
            for (int i = 0; i < 300 && connection.isOpen(); i++) {
                connection.open(Http2Connection.head("POST", "/take"), false).reset();
            }

            assertThat(connection.isClosedByTheServer()).isTrue();
        }
        assertThat(server.ask("GET", "/path/x").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/path/a[1], 200", "/path/%zz, 400"})
    void http1BesideItIsAsWithoutIt(String target, int status) {
        assertThat(server.ask("GET", target).status()).isEqualTo(status);
    }

    @Test
    void aRequestWithABodyIsAnsweredWithoutAnUpgrade() {
        try (RawConnection connection = server.connect()) {
            connection.send(
                    "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
                            + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\nhello");

            assertThat(connection.read().body()).isEqualTo("taken");
        }
    }

    @Test
    void aRequestWithoutABodyIsUpgraded() {
        try (RawConnection connection = server.connect()) {
            connection.send(
                    "GET /path/x HTTP/1.1\r\nHost: x\r\n"
                            + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

            assertThat(connection.read().status()).isEqualTo(101);
        }
    }
}
