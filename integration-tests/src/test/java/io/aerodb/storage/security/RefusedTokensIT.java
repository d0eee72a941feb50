package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad tokens are 401, also where nobody needs a token: a bad token never falls back to anonymous. */
class RefusedTokensIT {

    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private final Gateway gateway = SharedGateway.get();
    private final Tokens tokens = gateway.tokens();

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", ""})
    void noSpellingOfNoAlgorithmIsAccepted(String algorithm) {
        String unsigned = Tokens.unsigned("{\"alg\":\"" + algorithm + "\"}", claims("\"sub\":\"x\""));

        refused(unsigned + ".");
        refused(unsigned);
        refused(tokens.handMade("{\"alg\":\"" + algorithm + "\"}", claims("\"sub\":\"x\"")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"HS384\"}",
                "{\"alg\":\"HS512\"}",
                "{\"alg\":\"RS256\"}",
                "{\"alg\":\"hs256\"}",
                "{\"alg\":null}",
                "{\"alg\":[\"HS256\"]}",
                "{}",
                "[]",
                "not json",
                "",
                "{\"alg\":\"HS256\",\"crit\":[\"x\"],\"x\":1}",
                "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}",
                "{\"alg\":\"HS256\",\"crit\":[]}",
                "{\"alg\":\"HS256\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}"
            })
    void headersOtherThanOursAreRefused(String header) {
        if (header.contains("zip")) {
            assertThat(ask(tokens.handMade(header, claims("\"sub\":\"x\""))).status())
                    .isIn(200, 401);
        } else {
            refused(tokens.handMade(header, claims("\"sub\":\"x\"")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../../dev/null", "' OR 1=1 --", "/etc/passwd", "http://127.0.0.1:1/"})
    void aKidIsNeverAPathNorSqlNorAnAddress(String kid) {
        String token = tokens.handMade("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}", claims("\"sub\":\"x\""));
        String empty = Tokens.unsigned("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\"}", claims("\"sub\":\"x\""));

        assertThat(ask(token).status()).isIn(200, 401);
        refused(empty + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(Tokens.hmac(new byte[1], empty)));
    }

    @Test
    void aHugeTokenIsRefusedAndTheGatewayLives() {
        String huge = tokens.handMade(
                "{\"alg\":\"HS256\",\"kid\":\"" + "k".repeat(1_000_000) + "\"}", claims("\"sub\":\"x\""));

        assertThat(answerTo(huge)).isIn(400, 401, 413, 431);
        assertThat(gateway.anonymously().get("/bucket")).hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"sub\":\"x\"",
                "\"sub\":\"x\",\"exp\":\"4102444800\"",
                "\"sub\":\"x\",\"exp\":null",
                "\"sub\":\"x\",\"exp\":0",
                "\"sub\":\"x\",\"exp\":-1",
                "\"sub\":\"x\",\"exp\":99999999999",
                "\"sub\":\"x\",\"exp\":1e300",
                "\"sub\":\"x\",\"exp\":9223372036854775807",
                "\"sub\":\"x\",\"exp\":[4102444800]",
                "\"sub\":\"x\",\"exp\":true"
            })
    void anExpiryIsNeededAndMustBeANumberOfSensibleSize(String members) {
        refused(tokens.handMade(HEADER, "{" + members + "}"));
    }

    @Test
    void expiryMeansSecondsAndNotMilliseconds() {
        refused(tokens.handMade(
                HEADER,
                "{\"sub\":\"x\",\"exp\":"
                        + Instant.now().plus(Duration.ofHours(1)).toEpochMilli() + "}"));
    }

    @Test
    void anExpiredTokenAndOneOfTheFutureAreRefused() {
        refused(tokens.expiringAt("x", Instant.now().minusSeconds(120)));
        refused(tokens.handMade(
                HEADER, claims("\"sub\":\"x\",\"nbf\":" + (Instant.now().getEpochSecond() + 300))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"postgres\"",
                "\"storage_gateway\"",
                "\"storage_owner\"",
                "\"authenticated; SET ROLE postgres\"",
                "\"AUTHENTICATED\"",
                "\" authenticated\"",
                "\"\"",
                "7",
                "[\"service_role\"]",
                "{\"role\":\"service_role\"}",
                "true"
            })
    void onlyTheThreeRolesAreRoles(String role) {
        refused(tokens.handMade(HEADER, claims("\"sub\":\"x\",\"role\":" + role)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1}", "[\"x\"]", "7", "true"})
    void aUserIdThatIsNoTextIsRefused(String sub) {
        refused(tokens.handMade(HEADER, claims("\"sub\":" + sub)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"sub\":null,\"exp\":%d}", "{\"exp\":%d}", "{\"sub\":\"\",\"exp\":%d}"})
    void aUserWithoutAnIdOwnsNothing(String claims) {
        Answer answer = gateway.as(tokens.handMade(HEADER, claims.formatted(Tokens.inAnHour())))
                .createBucket("{\"name\": \"" + Names.bucket("nobodys") + "\"}");

        assertThat(answer.status()).isIn(401, 403);
        assertThat(answer).revealsNothing();
    }

    @Test
    void aUserIdOfTenKilobytesHarmsNobody() {
        Answer answer = gateway.as(tokens.user("u".repeat(10_000)))
                .createBucket("{\"name\": \"" + Names.bucket("long") + "\"}");

        assertThat(answer.status()).isIn(201, 401);
    }

    @Test
    void aUserIdWithANulIsRefused() {
        refused(tokens.handMade(HEADER, claims("\"sub\":\"a\\u0000b\"")));
    }

    @Test
    void anyChangedByteBreaksTheSignature() {
        String good = tokens.user("x");
        String[] parts = good.split("\\.");
        String service = new String(Base64.getUrlDecoder().decode(parts[1]), java.nio.charset.StandardCharsets.UTF_8)
                .replace("authenticated", "service_role");

        refused(parts[0] + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(Bytes.of(service)) + "."
                + parts[2]);
        refused(parts[0] + "." + parts[1] + ".");
        refused(parts[0] + "." + parts[1] + "." + "A".repeat(parts[2].length()));
        refused(good.substring(0, good.length() - 4));
        refused(good + "AAAA");
        refused(new Tokens("another secret that is long enough for HS256").user("x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", ".", "..", "a.b.c", "a.b.c.d.e", "....", "Bearer", "null", "undefined", "e30.e30.e30"})
    void whatIsNoTokenIsRefused(String nonsense) {
        refused(nonsense);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Token abc", "Negotiate x", ""})
    void anAuthorizationThatIsNoBearerIsNotAnonymous(String value) throws IOException {
        Answer answer = RawHttp.ask(gateway.port(), "GET /storage/v1/bucket", "Authorization: " + value);

        assertThat(answer).isUnauthorized();
    }

    @Test
    void twoAuthorizationHeadersAreRefused() throws IOException {
        Answer answer = RawHttp.ask(
                gateway.port(),
                "GET /storage/v1/bucket",
                "Authorization: Bearer " + tokens.user("x"),
                "Authorization: Bearer " + tokens.service());

        assertThat(answer.status()).isIn(400, 401);
        assertThat(answer).revealsNothing();
    }

    @Test
    void aBadTokenIsRefusedAlsoWhereNobodyNeedsOne() {
        String bucket = gateway.asUser(Names.user()).newBucket("public");

        for (String token : List.of(tokens.expired("x"), "nonsense")) {
            assertThat(gateway.as(token).get("/bucket")).isUnauthorized();
            assertThat(gateway.as(token).download(bucket, "missing")).isUnauthorized();
        }
    }

    @Test
    void noTokenEverReachesTheLog() {
        String good = tokens.user("somebody");
        String bad = tokens.expired("somebody");
        gateway.as(good).get("/bucket?token=" + good);
        gateway.as(bad).get("/object/x/y?token=" + bad);
        String marker = gateway.as(bad).get("/bucket").field("request_id");

        org.awaitility.Awaitility.await().until(() -> gateway.output().contains(marker));
        assertThat(gateway.output()).doesNotContain(signature(good), signature(bad));
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }

    private void refused(String token) {
        assertThat(ask(token)).isUnauthorized();
    }

    private Answer ask(String token) {
        return gateway.as(token).get("/bucket");
    }

    private int answerTo(String token) {
        try {
            return ask(token).status();
        } catch (java.io.UncheckedIOException cutOff) {
            return 431; // the server may stop reading headers of that size
        }
    }

    private static String claims(String members) {
        return "{" + members + ",\"exp\":" + Tokens.inAnHour() + "}";
    }
}
