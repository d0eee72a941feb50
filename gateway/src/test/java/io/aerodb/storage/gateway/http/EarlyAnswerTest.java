package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Answers that come before the request's body has ended, and bodies that end badly, over raw sockets. */
class EarlyAnswerTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final AtomicInteger whole = new AtomicInteger();
    private static final Sinks.One<ServerRequest> left = Sinks.one();
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
                .POST("/refuse", request -> Mono.error(ErrorCode.ACCESS_DENIED::error))
                .POST("/take", EarlyAnswerTest::take)
                .POST("/leave", EarlyAnswerTest::leave)
                .POST("/wait", EarlyAnswerTest::await)
                .build();
    }

    private static Mono<ServerResponse> take(ServerRequest request) {
        return request.body(BodyExtractors.toDataBuffers())
                .doOnNext(DataBufferUtils::release)
                .then(Mono.fromRunnable(whole::incrementAndGet))
                .then(Mono.defer(() -> ServerResponse.ok().bodyValue("taken")));
    }

    /** Reads a little of the body and answers a moment after it has left the rest. */
    private static Mono<ServerResponse> leave(ServerRequest request) {
        return Connections.body(request.exchange())
                .doOnNext(DataBufferUtils::release)
                .take(1, false)
                .then(Mono.delay(Duration.ofMillis(300)))
                .then(Mono.error(ErrorCode.ENTITY_TOO_LARGE::error));
    }

    private static Mono<ServerResponse> await(ServerRequest request) {
        return Mono.<ServerResponse>never().doOnCancel(() -> left.tryEmitValue(request));
    }

    @Test
    void aBodyThatIsLeftBehindItsClientIsNoDefectToLog() {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        Hooks.onErrorDropped(dropped::add);
        try {
            try (RawConnection connection = server.connect()) {
                connection.send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
            }
            BaseSubscriber<DataBuffer> gone = new BaseSubscriber<>() {};
            gone.cancel();
            left.asMono()
                    .map(request -> Connections.body(request.exchange()))
                    .block(LIMIT)
                    .doAfterTerminate(() -> ended.set(true))
                    .subscribe(gone);
            Awaitility.await().atMost(LIMIT).untilTrue(ended);
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(dropped).allMatch(Connections::isGone);
    }

    @Test
    void aRefusalReachesAClientThatStillSendsAndThenTheConnectionCloses() {
        try (RawConnection connection = server.connect()) {
            connection.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n");
            connection.send("x".repeat(600_000));
            RawResponse answer = connection.read();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).contains("AccessDenied");
            assertThat(answer.header("connection")).contains("close");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aClientThatSendsOnIsNotResetBeforeItCouldReadTheRefusal() {
        try (RawConnection connection = server.connect()) {
            connection.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(403);
            for (int sent = 0; sent < 24; sent++) { // more than is drained
                connection.send("x".repeat(65_536));
            }
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/refuse", "/leave"})
    void anEndlessBodyIsNotReadBehindARefusalNorBeforeIt(String target) {
        int sent = 0;
        String chunk = "10000\r\n" + "x".repeat(65536) + "\r\n";
        try (RawConnection connection = server.connect()) {
            connection.send("POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            while (sent < 2_000) {
                connection.send(chunk);
                sent++;
            }
        } catch (UncheckedIOException cutOff) {
            assertThat(sent).isLessThan(400); // 1 MiB is drained, the sockets hold about 10 MiB
        }
        assertThat(sent).isLessThan(400);
    }

    @Test
    void aBodyThatWasLeftButIsWholeKeepsItsConnection() {
        try (RawConnection connection = server.connect()) {
            for (int i = 0; i < 3; i++) {
                connection.send("POST /leave HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
                assertThat(connection.read().status()).isEqualTo(413);
            }
        }
    }

    @Test
    void aClientThatAsksFirstAndIsThenSilentIsAnswered408() {
        try (TestServer impatient =
                        TestServer.with(TestServer.settings(Duration.ofSeconds(20), Duration.ofMillis(300)), routes());
                RawConnection connection = impatient.connect()) {
            connection.send("POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(100);
            assertThat(connection.read().status()).isEqualTo(408);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aBodyThatEndsInABrokenChunkNeverPassesForAWholeOne() {
        int before = whole.get();
        try (RawConnection connection = server.connect()) {
            connection.send(
                    "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzzz\r\n0\r\n\r\n");
            assertThat(connection.isClosed()).isTrue();
        }
        assertThat(server.ask("POST", "/take").status()).isEqualTo(200);
        assertThat(whole.get()).isEqualTo(before + 1);
    }

    @Test
    void anAnswerBehindAWholeBodyKeepsTheConnection() {
        try (RawConnection connection = server.connect()) {
            for (int i = 0; i < 3; i++) {
                connection.send("POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
                assertThat(connection.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aBodyThatStopsComingIsAnswered408AndClosed() {
        try (TestServer impatient =
                        TestServer.with(TestServer.settings(Duration.ofSeconds(20), Duration.ofMillis(300)), routes());
                RawConnection connection = impatient.connect()) {
            connection.send("POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhello");
            RawResponse answer = connection.read();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.code()).isEqualTo("RequestTimeout");
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aBodyThatTheServerDoesNotReadIsNotTheClientsDelay() {
        RouterFunction<ServerResponse> slow = RouterFunctions.route()
                .POST("/slow", request -> request.body(BodyExtractors.toDataBuffers())
                        .doOnNext(DataBufferUtils::release)
                        .delaySubscription(Duration.ofMillis(10))
                        .limitRate(1)
                        .concatMap(buffer -> Mono.delay(Duration.ofMillis(100)), 1)
                        .then(Mono.defer(() -> ServerResponse.ok().bodyValue("taken"))))
                .build();
        try (TestServer impatient =
                        TestServer.with(TestServer.settings(Duration.ofSeconds(20), Duration.ofMillis(300)), slow);
                RawConnection connection = impatient.connect()) {
            connection.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
            connection.send("x".repeat(3_000_000));
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }
}
