package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.RawResponse;
import io.aerodb.storage.gateway.http.TestServer;
import io.aerodb.storage.metadata.RlsContext;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

class RlsContextFilterTest {

    private static final String WHO = "/storage/v1/who";
    private static final String ALICE = token("{\"sub\":\"alice\",\"exp\":%d}");
    private static final String SERVICE = token("{\"role\":\"service\",\"exp\":%d}");
    private static TestServer server;

    private static String token(String claims) {
        return TestTokens.hs256(claims.formatted(System.currentTimeMillis() / 1000 + 3600));
    }

    @BeforeAll
    static void start() {
        TokenVerifier tokens = TestKeys.verifier(KeySource.fixed(List.of(TestKeys.secret())));
        server = TestServer.of(
                RouterFunctions.route()
                        .GET(WHO, RlsContextFilterTest::who)
                        .GET("/elsewhere", request -> ServerResponse.ok().bodyValue("open"))
                        .GET("/careless", RlsContextFilterTest::who)
                        .build(),
                new RlsContextFilter(tokens, List.of("/storage/v1")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Mono<ServerResponse> who(ServerRequest request) {
        RlsContext context = RlsContextFilter.of(request);
        return ServerResponse.ok().bodyValue(context.role().databaseName() + " " + context.userId());
    }

    @Test
    void withoutATokenTheCallerIsAnonymous() {
        assertThat(server.ask("GET", WHO).body()).isEqualTo("anon null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER   "})
    void theBearerTokenSaysWhoItIs(String scheme) {
        assertThat(server.ask("GET", WHO, "Authorization: " + scheme + ALICE).body())
                .isEqualTo("authenticated alice");
    }

    @Test
    void theApiKeyCountsOnlyWithoutAuthorization() {
        assertThat(server.ask("GET", WHO, "apikey: " + ALICE).body()).isEqualTo("authenticated alice");
        assertThat(server.ask("GET", WHO, "apikey: " + SERVICE, "Authorization: Bearer " + ALICE)
                        .body())
                .isEqualTo("authenticated alice");
        assertThat(server.ask("GET", WHO, "apikey: nonsense", "Authorization: Bearer " + ALICE)
                        .status())
                .isEqualTo(200);
        assertThat(server.ask("GET", WHO, "apikey: " + ALICE, "Authorization: Bearer nonsense")
                        .status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Basic YTpi",
                "Authorization: Bearer",
                "Authorization: Bearer undefined",
                "Authorization: ",
                "Authorization: Bearer a b",
                "Authorization: Token x",
                "apikey: ",
                "apikey: x",
                "Authorization: Bearer\t" + "x"
            })
    void aBadTokenIsRefusedAndNeverAnonymous(String header) {
        refused(server.ask("GET", WHO, header));
    }

    @Test
    void twoTokensAreRefused() {
        refused(server.ask("GET", WHO, "Authorization: Bearer " + ALICE, "Authorization: Bearer " + ALICE));
        refused(server.ask("GET", WHO, "Authorization: Bearer " + ALICE + ", Bearer " + ALICE));
        refused(server.ask("GET", WHO, "apikey: " + ALICE, "apikey: " + ALICE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/storage/v%31/who", "/storage/v1;x=1/who", "/%73torage/v1/who", "/storage/v1/nowhere"})
    void noSpellingOfThePathPassesTheFilterBy(String path) {
        refused(server.ask("GET", path, "Authorization: Bearer nonsense"));
    }

    @Test
    void otherPathsAreNotTheFiltersBusiness() {
        assertThat(server.ask("GET", "/elsewhere", "Authorization: Basic YTpi").body())
                .isEqualTo("open");
    }

    @Test
    void aRouteOutsideTheMountsGetsNoContextAtAll() {
        assertThat(server.ask("GET", "/careless").status()).isEqualTo(500);
    }

    private static void refused(RawResponse response) {
        assertThat(response.status()).isEqualTo(401);
        assertThat(response.code()).isEqualTo("Unauthorized");
        assertThat(response.header("WWW-Authenticate").orElseThrow()).startsWith("Bearer error=\"invalid_token\"");
    }
}
