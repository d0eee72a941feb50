package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Two servers: one for all origins, one for named ones with credentials. */
class CorsTest {

    private static final String OURS = "https://app.example.com";
    private static final String THEIRS = "https://evil.example";
    private static TestServer open;
    private static TestServer named;

    @BeforeAll
    static void start() {
        open = server(settings(false, "*"));
        named = server(settings(true, OURS, "http://localhost:3000"));
    }

    @AfterAll
    static void stop() {
        open.close();
        named.close();
    }

    private static StorageSettings.Cors settings(boolean credentials, String... origins) {
        return new StorageSettings.Cors(
                List.of(origins),
                List.of("GET", "PUT"),
                List.of("authorization", "x-upsert"),
                List.of("etag", "x-request-id"),
                credentials,
                Duration.ofMinutes(10));
    }

    private static Cors cors(StorageSettings.Cors settings) {
        return new Cors(settings, List.of("/storage/v1"));
    }

    private static TestServer server(StorageSettings.Cors settings) {
        return TestServer.of(
                RouterFunctions.route()
                        .GET("/storage/v1/file", request -> ServerResponse.ok().bodyValue("content"))
                        .GET("/storage/v1/denied", CorsTest::denied)
                        .GET("/elsewhere", request -> ServerResponse.ok().bodyValue("open"))
                        .build(),
                cors(settings));
    }

    private static Mono<ServerResponse> denied(ServerRequest request) {
        return Mono.error(() -> ErrorCode.UNAUTHORIZED.error());
    }

    private static RawResponse preflight(TestServer server, String origin, String method, String headers) {
        return server.ask(
                "OPTIONS",
                "/storage/v1/file",
                "Origin: " + origin,
                "Access-Control-Request-Method: " + method,
                "Access-Control-Request-Headers: " + headers);
    }

    private static void hasNoCors(RawResponse response) {
        assertThat(response.headers())
                .noneMatch(header -> header.toLowerCase(Locale.ROOT).startsWith("access-control-"));
    }

    @Test
    void aPreflightSaysWhatIsAllowedAndForHowLong() {
        RawResponse answer = preflight(open, THEIRS, "PUT", "authorization, x-upsert");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.header("Access-Control-Allow-Methods")).contains("GET,PUT");
        assertThat(answer.header("Access-Control-Allow-Headers")).contains("authorization, x-upsert");
        assertThat(answer.header("Access-Control-Max-Age")).contains("600");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
    }

    @Test
    void aPreflightForMoreThanThatIsRefused() {
        for (RawResponse answer : List.of(
                preflight(named, THEIRS, "PUT", "authorization"),
                preflight(named, "null", "PUT", "authorization"),
                preflight(named, OURS + ".evil.example", "PUT", "authorization"),
                preflight(open, OURS, "DELETE", "authorization"),
                preflight(open, OURS, "PUT", "x-other"),
                preflight(open, "not an origin", "DELETE", "x-other"))) {
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("AccessDenied");
            hasNoCors(answer);
        }
    }

    @Test
    void theNamedOriginIsRepeatedWithCredentials() {
        RawResponse answer = named.ask("GET", "/storage/v1/file", "Origin: " + OURS);

        assertThat(answer.body()).isEqualTo("content");
        assertThat(answer.header("Access-Control-Allow-Origin")).contains(OURS);
        assertThat(answer.header("Access-Control-Allow-Credentials")).contains("true");
        assertThat(answer.header("Access-Control-Expose-Headers")).contains("etag, x-request-id");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/storage/v1/denied", "/storage/v1/nowhere", "/storage/v1/%zz"})
    void errorsCanBeReadByThePageToo(String path) {
        RawResponse answer = open.ask("GET", path, "Origin: " + OURS);

        assertThat(answer.status()).isBetween(400, 404);
        assertThat(answer.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.header("Access-Control-Expose-Headers")).contains("etag, x-request-id");
        assertThat(answer.code()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {THEIRS, "null", "not an origin", "https://"})
    void anotherOriginIsServedButNotItsPage(String origin) {
        RawResponse answer = named.ask("GET", "/storage/v1/file", "Origin: " + origin);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("content");
        hasNoCors(answer);
    }

    @Test
    void cachesLearnThatAnswersDifferByOrigin() {
        for (RawResponse answer : List.of(
                named.ask("GET", "/storage/v1/file"),
                named.ask("GET", "/storage/v1/file", "Origin: " + OURS),
                named.ask("GET", "/storage/v1/file", "Origin: " + THEIRS))) {
            assertThat(answer.headers()).anyMatch(header -> header.equalsIgnoreCase("Vary: Origin"));
        }
    }

    @Test
    void nothingIsAddedElsewhere() {
        RawResponse answer = open.ask("GET", "/elsewhere", "Origin: " + OURS);

        assertThat(answer.body()).isEqualTo("open");
        hasNoCors(answer);
        assertThat(answer.header("Vary")).isEmpty();
    }

    @Test
    void withoutAnOriginAnOptionsRequestIsNoPreflight() {
        assertThat(open.ask("OPTIONS", "/storage/v1/file").status()).isNotEqualTo(200);
    }

    @Test
    void credentialsForEverybodyAreRefusedAtStart() {
        assertThatThrownBy(() -> cors(settings(true, OURS, "*")))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("any web page could act as its visitor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.example.com", "https://app.example.com/", "https://*.example.com", "**", "", "null"})
    void whatIsNoOriginIsRefusedAtStart(String origin) {
        assertThatThrownBy(() -> cors(settings(false, origin)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("storage.cors.allowed-origins has");
    }

    @Test
    void noOriginAtAllTurnsItOff() {
        try (TestServer server = server(settings(false))) {
            hasNoCors(server.ask("GET", "/storage/v1/file", "Origin: " + OURS));
            assertThat(preflight(server, OURS, "GET", "authorization").status()).isEqualTo(403);
        }
    }
}
