package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What well-signed claims may say; it is always 1 000 000 000 s after the epoch. */
class ClaimsTest {

    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_000_000_000), ZoneOffset.UTC);
    private static final String LATER = "\"exp\":1000003600";

    private static TokenVerifier verifier(@Nullable String issuer, Set<String> audience) {
        ClaimRules rules = new ClaimRules(CLOCK, Duration.ofSeconds(30), issuer, audience);
        return new TokenVerifier(KeySource.fixed(List.of(TestKeys.secret())), rules, new VerifiedTokens(0));
    }

    private static RlsContext verified(String claims) {
        return verifier(null, Set.of()).verify(TestTokens.hs256(claims)).block();
    }

    private static void refused(TokenVerifier verifier, String claims) {
        assertThatThrownBy(() -> verifier.verify(TestTokens.hs256(claims)).block())
                .isInstanceOfSatisfying(StorageError.class, error -> {
                    assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
                    assertThat(error.headers().get("WWW-Authenticate")).startsWith("Bearer error=\"invalid_token\"");
                });
    }

    @Test
    void aGoodTokenMakesAContextWithItsClaims() {
        RlsContext context =
                verified("{\"sub\":\"alice\",\"role\":\"authenticated\"," + LATER + ",\"org\":{\"id\":7}}");

        assertThat(context.userId()).isEqualTo("alice");
        assertThat(context.role()).isEqualTo(Role.AUTHENTICATED);
        assertThat(context.claims())
                .isEqualTo("{\"sub\":\"alice\",\"role\":\"authenticated\",\"exp\":1000003600,\"org\":{\"id\":7}}");
    }

    @ParameterizedTest
    @CsvSource({
        "anon,ANON,anon",
        "authenticated,AUTHENTICATED,authenticated",
        "service_role,SERVICE_ROLE,service_role",
        "service,SERVICE_ROLE,service_role"
    })
    void rolesComeFromTheAllowListAndAreNormalised(String claim, Role role, String normalised) {
        RlsContext context = verified("{\"role\":\"" + claim + "\"," + LATER + "}");

        assertThat(context.role()).isEqualTo(role);
        assertThat(context.claims()).contains("\"role\":\"" + normalised + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{%s}", "{\"role\":null,%s}"})
    void aMissingRoleMeansAuthenticated(String claims) {
        RlsContext context = verified(claims.formatted(LATER));

        assertThat(context.role()).isEqualTo(Role.AUTHENTICATED);
        assertThat(context.userId()).isNull();
        assertThat(context.claims()).contains("\"role\":\"authenticated\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"postgres\"",
                "\"\"",
                "\"ANON\"",
                "\"anon; DROP TABLE x\"",
                "\"authenticated\\\"\"",
                "\"Service_Role\"",
                "1",
                "true",
                "[\"service_role\"]",
                "{\"a\":1}",
                "\" anon\""
            })
    void otherRolesAreRefused(String role) {
        refused(verifier(null, Set.of()), "{\"role\":" + role + "," + LATER + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "a'b\\\"c", "00000000-0000-4000-8000-000000000001", "ü", "a/b", "-- x"})
    void aSubjectIsAnyText(String subject) {
        assertThat(verified("{\"sub\":\"" + subject + "\"," + LATER + "}").userId())
                .isEqualTo(subject.replace("\\", ""));
    }

    @Test
    void aSubjectHasAtMost256Bytes() {
        assertThat(verified("{\"sub\":\"" + "ü".repeat(128) + "\"," + LATER + "}")
                        .userId())
                .hasSize(128);
        refused(verifier(null, Set.of()), "{\"sub\":\"" + "ü".repeat(128) + "x\"," + LATER + "}");
        refused(verifier(null, Set.of()), "{\"sub\":\"" + "x".repeat(10_000) + "\"," + LATER + "}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "{}", "[\"alice\"]", "\"\"", "\"a\\u0000b\"", "\"\\ud800\""})
    void otherSubjectsAreRefused(String subject) {
        refused(verifier(null, Set.of()), "{\"sub\":" + subject + "," + LATER + "}");
    }

    @Test
    void aNullSubjectIsNoUser() {
        assertThat(verified("{\"sub\":null," + LATER + "}").userId()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"exp\":1000000001",
                "\"exp\":999999971",
                "\"exp\":1000000000.5",
                "\"exp\":1.0E9",
                "\"exp\":4155760000",
                "\"exp\":1000003600,\"nbf\":1000000030",
                "\"exp\":1000003600,\"nbf\":5",
                "\"exp\":1000003600,\"iat\":\"x\""
            })
    void timesWithinBoundsAreAccepted(String times) {
        assertThat(verified("{" + times + "}").role()).isEqualTo(Role.AUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\":1",
                "\"exp\":null",
                "\"exp\":\"1000003600\"",
                "\"exp\":999999970",
                "\"exp\":0",
                "\"exp\":-5",
                "\"exp\":true",
                "\"exp\":[1000003600]",
                "\"exp\":4155760001",
                "\"exp\":1e300",
                "\"exp\":1e999999",
                "\"exp\":99999999999999999999999",
                "\"exp\":1000003600,\"nbf\":1000000031",
                "\"exp\":1000003600,\"nbf\":\"5\"",
                "\"exp\":1000003600,\"nbf\":null"
            })
    void otherTimesAreRefused(String times) {
        refused(verifier(null, Set.of()), "{" + times + "}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"url\":\"b/a\",\"bid\":\"x\",\"scope\":\"download\",%s}",
                "{\"url\":null,%s}",
                "{\"url\":\"\",%s}"
            })
    void theTokenOfASignedUrlIsNobodysIdentity(String claims) {
        refused(verifier(null, Set.of()), claims.formatted(LATER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"\\u0000\",%s}",
                "{\"\\u0000\":1,%s}",
                "{\"a\":{\"b\":[\"x\\u0000\"]},%s}",
                "{\"a\":1e999999,%s}",
                "{\"role\":\"anon\",\"role\":\"service_role\",%s}",
                "[%s]",
                "{%s",
                "{%s}{}",
                "\"%s\""
            })
    void claimsThatTheDatabaseOrJsonCannotHoldAreRefused(String claims) {
        refused(verifier(null, Set.of()), claims.formatted(LATER));
    }

    @Test
    void claimsMustBeAnObject() {
        refused(verifier(null, Set.of()), "null");
        refused(verifier(null, Set.of()), "");
        refused(verifier(null, Set.of()), "exp=1000003600");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{%s}",
                "{\"iss\":\"other\",%s}",
                "{\"iss\":null,%s}",
                "{\"iss\":[\"us\"],%s}",
                "{\"iss\":\"us/\",%s}"
            })
    void anotherIssuerIsRefused(String claims) {
        refused(verifier("us", Set.of()), claims.formatted(LATER));
        assertThat(verifier("us", Set.of())
                        .verify(TestTokens.hs256("{\"iss\":\"us\"," + LATER + "}"))
                        .block()
                        .role())
                .isEqualTo(Role.AUTHENTICATED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{%s}",
                "{\"aud\":\"other\",%s}",
                "{\"aud\":[],%s}",
                "{\"aud\":[1,\"x\"],%s}",
                "{\"aud\":{\"a\":\"us\"},%s}"
            })
    void anotherAudienceIsRefused(String claims) {
        refused(verifier(null, Set.of("us", "them")), claims.formatted(LATER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"us\"", "[\"x\",\"them\"]"})
    void oneOfOurAudiencesIsEnough(String audience) {
        String token = TestTokens.hs256("{\"aud\":" + audience + "," + LATER + "}");

        assertThat(verifier(null, Set.of("us", "them")).verify(token).block().role())
                .isEqualTo(Role.AUTHENTICATED);
    }
}
