package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Tokens;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that must be accepted, and as whom. */
class TokensIT {

    private final Gateway gateway = SharedGateway.get();
    private final Tokens tokens = gateway.tokens();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "o'hara",
                "\"quoted\"",
                "a b",
                "ümläut",
                "'; DROP TABLE storage.objects; --",
                "{\"role\":\"service_role\"}",
                "\\",
                "a\\\"b",
                "%00",
                "null"
            })
    void aUserIdIsAnyText(String sub) {
        Answer answer = gateway.asUser(sub).createBucket("{\"name\": \"" + Names.bucket("of") + "\"}");

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("owner_id")).isEqualTo(sub);
        assertThat(gateway.asUser(sub).delete("/bucket/" + answer.field("name")))
                .hasStatus(200);
    }

    @Test
    void aTokenWithoutARoleIsAnAuthenticatedUsers() {
        String sub = Names.user();

        Answer answer = create(tokens.of(Map.of("sub", sub, "exp", Tokens.inAnHour())));

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("owner_id")).isEqualTo(sub);
    }

    @ParameterizedTest
    @ValueSource(strings = {"service_role", "service"})
    void bothNamesOfTheServiceRoleBypassTheRules(String role) {
        String bucket = gateway.asUser(Names.user()).newBucket("private");

        assertThat(gateway.as(tokens.of(Map.of("role", role, "exp", Tokens.inAnHour())))
                        .upload(bucket, "file", Bytes.of("x")))
                .hasStatus(201);
    }

    @Test
    void theApikeyHeaderIsATokenWhenThereIsNoOther() {
        String sub = Names.user();
        String name = Names.bucket("key");

        Answer answer = gateway.anonymously()
                .exchange(
                        "POST",
                        "/bucket",
                        BodyPublishers.ofString("{\"name\": \"" + name + "\"}"),
                        "apikey",
                        tokens.user(sub));

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("owner_id")).isEqualTo(sub);
    }

    @Test
    void authorizationWinsOverTheApikey() {
        String sub = Names.user();
        String name = Names.bucket("key");

        Answer answer = gateway.asUser(sub)
                .exchange(
                        "POST",
                        "/bucket",
                        BodyPublishers.ofString("{\"name\": \"" + name + "\"}"),
                        "apikey",
                        tokens.anonymous());

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("owner_id")).isEqualTo(sub);
    }

    @Test
    void aBadApikeyIsABadToken() {
        assertThat(gateway.anonymously().get("/bucket", "apikey", "nonsense")).isUnauthorized();
        assertThat(gateway.anonymously().get("/bucket", "apikey", tokens.expired(Names.user())))
                .isUnauthorized();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer", "BEARER", "Bearer"})
    void theSchemeHasNoCase(String scheme) {
        assertThat(gateway.anonymously().get("/bucket", "Authorization", scheme + " " + tokens.user(Names.user())))
                .hasStatus(200);
    }

    @Test
    void aClockThatIsALittleOffDoesNoHarm() {
        Instant justOver = Instant.now().minusSeconds(5);

        assertThat(create(tokens.expiringAt(Names.user(), justOver))).hasStatus(201);
        assertThat(create(tokens.of(Map.of(
                        "sub",
                        Names.user(),
                        "exp",
                        Tokens.inAnHour(),
                        "nbf",
                        Instant.now().getEpochSecond() + 5))))
                .hasStatus(201);
    }

    @Test
    void aMillisecondOfPrecisionInExpiryIsAllowed() {
        String token =
                tokens.handMade("{\"alg\":\"HS256\"}", "{\"sub\":\"fraction\",\"exp\":" + Tokens.inAnHour() + ".5}");

        assertThat(create(token)).hasStatus(201);
    }

    @Test
    void strangeClaimsBesideTheKnownOnesDoNotMatter() {
        Answer answer = create(tokens.of(Map.of(
                "sub",
                "with-more",
                "exp",
                Tokens.inAnHour(),
                "app_metadata",
                Map.of("nested", java.util.List.of(1, "two", Map.of())),
                "aal",
                "aal1")));

        assertThat(answer).hasStatus(201);
    }

    private Answer create(String token) {
        return gateway.as(token).createBucket("{\"name\": \"" + Names.bucket("by") + "\"}");
    }
}
