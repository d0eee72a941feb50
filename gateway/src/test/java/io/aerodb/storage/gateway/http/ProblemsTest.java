package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ProblemsTest {

    private static final String SECRET = "token-that-must-not-be-logged";
    private static TestServer server;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        server = TestServer.of(RouterFunctions.route()
                .GET("/code/{code}", ProblemsTest::coded)
                .HEAD("/code/{code}", ProblemsTest::coded)
                .GET(
                        "/limit",
                        request -> Mono.error(() -> ErrorCode.ENTITY_TOO_LARGE
                                .error()
                                .with("limit", 20)
                                .with("received", 21L)
                                .with("code", "forged")
                                .retryAfter(Duration.ofMillis(300))))
                .GET(
                        "/challenge",
                        request -> Mono.error(() -> ErrorCode.UNAUTHORIZED
                                .error()
                                .withHeader("WWW-Authenticate", "Bearer error=\"invalid_token\"")))
                .GET("/unknown", request -> Mono.error(new IllegalStateException("SELECT secret FROM /etc/passwd")))
                .GET("/thrown", request -> {
                    throw new IllegalArgumentException("internal detail");
                })
                .GET(
                        "/caused",
                        request -> Mono.error(ErrorCode.SERVICE_UNAVAILABLE
                                .error()
                                .causedBy(new IOException("database down\nforged"))))
                .GET("/method", request -> Mono.error(new MethodNotAllowedException("GET", Set.of(HttpMethod.PUT))))
                .GET("/accept", request -> Mono.error(new NotAcceptableStatusException(List.of(MediaType.TEXT_HTML))))
                .GET("/type", request -> Mono.error(new UnsupportedMediaTypeStatusException("no")))
                .GET("/half", ProblemsTest::half)
                .GET("/half-chunked", ProblemsTest::halfChunked)
                .GET("/headers", request -> {
                    request.exchange().getResponse().getHeaders().setContentLength(99);
                    request.exchange().getResponse().getHeaders().setETag("\"x\"");
                    return Mono.error(ErrorCode.NO_SUCH_KEY.error());
                })
                .build());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(log);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).detachAppender(log);
    }

    private static Mono<ServerResponse> coded(ServerRequest request) {
        return Mono.error(() -> ErrorCode.valueOf(request.pathVariable("code")).error());
    }

    private static Mono<ServerResponse> half(ServerRequest request) {
        return ServerResponse.ok().contentLength(10).body(BodyInserters.fromDataBuffers(broken()));
    }

    private static Mono<ServerResponse> halfChunked(ServerRequest request) {
        return ServerResponse.ok().body(BodyInserters.fromDataBuffers(broken()));
    }

    private static Flux<DataBuffer> broken() {
        DataBuffer half = DefaultDataBufferFactory.sharedInstance.wrap("12345".getBytes());
        return Flux.just(half).concatWith(Mono.error(new IllegalStateException("the disk failed")));
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeAnswersItsRowOfTheTable(ErrorCode code) {
        RawResponse response = server.ask("GET", "/code/" + code.name(), "x-request-id: abc-1");

        assertThat(response.status()).isEqualTo(code.status().value());
        assertThat(response.header("content-type")).contains("application/json");
        assertThat(response.header("x-request-id")).contains("abc-1");
        assertThat(response.body())
                .isEqualTo(
                        "{\"statusCode\":\"%d\",\"error\":\"%s\",\"message\":\"%s\",\"code\":\"%s\",\"request_id\":\"abc-1\"}"
                                .formatted(code.status().value(), code.word(), code.message(), code.code()));
    }

    @Test
    void theWordsThatExistingClientsCompareAreExact() {
        assertThat(ErrorCode.KEY_ALREADY_EXISTS.message()).isEqualTo("The resource already exists");
        assertThat(ErrorCode.KEY_ALREADY_EXISTS.word()).isEqualTo("Duplicate");
        assertThat(ErrorCode.NO_SUCH_KEY.message()).isEqualTo("Object not found");
        assertThat(ErrorCode.NO_SUCH_KEY.word()).isEqualTo("not_found");
        assertThat(ErrorCode.NO_SUCH_BUCKET.message()).isEqualTo("Bucket not found");
        assertThat(ErrorCode.BUCKET_NOT_EMPTY.message()).isEqualTo("The bucket you tried to delete is not empty");
        assertThat(ErrorCode.ENTITY_TOO_LARGE.word()).isEqualTo("Payload too large");
        assertThat(ErrorCode.INVALID_MIME_TYPE.word()).isEqualTo("invalid_mime_type");
    }

    @Test
    void furtherMembersFollowButReplaceNothing() {
        RawResponse response = server.ask("GET", "/limit");

        assertThat(response.json().path("limit").intValue()).isEqualTo(20);
        assertThat(response.json().path("received").intValue()).isEqualTo(21);
        assertThat(response.code()).isEqualTo("EntityTooLarge");
        assertThat(response.header("retry-after")).contains("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/problem+json", "text/html, application/problem+json;q=0.5"})
    void whoAsksForProblemJsonGetsIt(String accept) {
        RawResponse response = server.ask("GET", "/limit", "Accept: " + accept);

        assertThat(response.header("content-type")).contains("application/problem+json");
        assertThat(response.json().path("status").intValue()).isEqualTo(413);
        assertThat(response.json().path("title").asString()).isEqualTo(ErrorCode.ENTITY_TOO_LARGE.message());
        assertThat(response.json().path("type").asString()).isEqualTo("urn:aerodb:storage:error:EntityTooLarge");
        assertThat(response.json().path("limit").intValue()).isEqualTo(20);
        assertThat(response.code()).isEqualTo("EntityTooLarge");
        assertThat(response.json().has("request_id")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/*", "text/html", "application/problem+json;q=0", ";;not a type", ""})
    void everyoneElseGetsOurShape(String accept) {
        assertThat(server.ask("GET", "/limit", "Accept: " + accept).header("content-type"))
                .contains("application/json");
    }

    @Test
    void headHasTheHeadersAndNoBody() {
        try (RawConnection connection = server.connect()) {
            RawResponse head = connection.ask("HEAD", "/code/NO_SUCH_KEY", "x-request-id: r");

            assertThat(head.status()).isEqualTo(404);
            assertThat(head.header("content-type")).contains("application/json");
            assertThat(Integer.parseInt(head.header("content-length").orElseThrow()))
                    .isPositive();
            assertThat(connection
                            .ask("GET", "/code/NO_SUCH_KEY", "x-request-id: r")
                            .body())
                    .hasSize(Integer.parseInt(head.header("content-length").orElseThrow()));
        }
    }

    @Test
    void unauthorizedCarriesAChallenge() {
        assertThat(server.ask("GET", "/code/UNAUTHORIZED").header("WWW-Authenticate"))
                .contains("Bearer");
        assertThat(server.ask("GET", "/challenge").header("WWW-Authenticate"))
                .contains("Bearer error=\"invalid_token\"");
        assertThat(server.ask("GET", "/code/ACCESS_DENIED").header("WWW-Authenticate"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/unknown", "/thrown"})
    void unknownFailuresSayNothingAndAreLoggedOnce(String path) {
        RawResponse response = server.ask("GET", path + "?token=" + SECRET, "x-request-id: req-7");

        assertThat(response.status()).isEqualTo(500);
        assertThat(response.code()).isEqualTo("InternalError");
        assertThat(response.body()).doesNotContain("SELECT", "passwd", "detail", "Exception");
        assertThat(errors()).hasSize(1);
        assertThat(errors().get(0).getFormattedMessage()).contains("request_id=req-7");
        assertThat(logged()).contains("Exception").doesNotContain(SECRET);
    }

    @Test
    void aFailedDependencyIsLoggedWithItsCauseOnOneLine() {
        assertThat(server.ask("GET", "/caused").body()).doesNotContain("database");
        assertThat(logged()).contains("database down\\u000aforged").contains("WARN");
    }

    @Test
    void whatIsNotBuiltIsNoFailureOfOurs() {
        server.ask("GET", "/code/NOT_IMPLEMENTED");

        assertThat(logged()).doesNotContain("NotImplemented");
    }

    @Test
    void failuresOfTheClientAreNotLogged() {
        server.ask("GET", "/code/NO_SUCH_KEY");
        server.ask("GET", "/nowhere");

        assertThat(errors()).isEmpty();
    }

    @Test
    void failuresOfWebFluxHaveTheSameShape() {
        assertThat(server.ask("GET", "/nowhere").code()).isEqualTo("NoSuchRoute");
        assertThat(server.ask("GET", "/method").code()).isEqualTo("MethodNotAllowed");
        assertThat(server.ask("GET", "/method").header("Allow")).contains("PUT");
        assertThat(server.ask("GET", "/accept").code()).isEqualTo("NotAcceptable");
        assertThat(server.ask("GET", "/type").status()).isEqualTo(415);
    }

    @Test
    void headersOfTheAnswerThatFailedAreGone() {
        RawResponse response = server.ask("GET", "/headers");

        assertThat(response.code()).isEqualTo("NoSuchKey");
        assertThat(response.header("etag")).isEmpty();
        assertThat(response.header("cache-control")).contains("no-store");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/half", "/half-chunked"})
    void aFailureInMidBodyBreaksTheConnectionAndIsLoggedOnce(String path) {
        assertThatThrownBy(() -> server.ask("GET", path + "?token=" + SECRET))
                .hasRootCauseInstanceOf(IOException.class);

        assertThat(errors()).hasSize(1);
        assertThat(errors().get(0).getFormattedMessage()).contains("committed=true");
        assertThat(logged()).contains("the disk failed").doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "ünsafe", "a\u001b[31m", "", "a,b", "<script>"})
    void anUnsafeRequestIdIsReplaced(String sent) {
        String id = server.ask("GET", "/code/NO_SUCH_KEY", "x-request-id: " + sent)
                .header("x-request-id")
                .orElseThrow();

        assertThat(id).isNotEqualTo(sent).matches("[0-9a-f-]{36}");
    }

    @Test
    void anErrorNeverChangesAndNeverHasAStack() {
        StorageError error = ErrorCode.NO_SUCH_KEY.error();

        assertThat(error.with("a", 1)).isNotSameAs(error);
        assertThat(error.details()).isEmpty();
        assertThat(error.getStackTrace()).isEmpty();
        assertThat(error.retryAfter(Duration.ofSeconds(5)).headers()).containsEntry("Retry-After", "5");
    }

    private List<ILoggingEvent> errors() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.ERROR))
                .toList();
    }

    private String logged() {
        StringBuilder logged = new StringBuilder();
        for (ILoggingEvent event : List.copyOf(log.list)) {
            logged.append(event.getLevel()).append(' ').append(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                logged.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        return logged.toString();
    }
}
