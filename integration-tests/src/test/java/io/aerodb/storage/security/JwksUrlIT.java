package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.KeyProvider;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SigningKeys;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that a provider publishes and changes, beside the present and the previous shared secret. */
class JwksUrlIT {

    private static final String PREVIOUS = "a-previous-secret-that-is-long-enough";
    private static final SigningKeys KEYS = SigningKeys.fresh();
    private static final SigningKeys NEXT = SigningKeys.fresh();

    private static KeyProvider provider;
    private static Gateway gateway;

    private final String user = Names.user();

    @BeforeAll
    static void start() {
        provider = new KeyProvider();
        gateway = startAt(provider);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        provider.close();
    }

    private static Gateway startAt(KeyProvider provider) {
        Launch launch = Launch.fresh();
        Path place = launch.output().getParent();
        return launch.elsewhere(
                        "--storage.auth.jwks-url=" + provider.url(),
                        "--storage.auth.jwks-refresh-interval=2s",
                        "--storage.auth.jwks-retry-interval=500ms",
                        "--storage.auth.jwks-timeout=500ms",
                        "--storage.auth.jwt-secret-file="
                                + written(place.resolve("secret"), Names.bucket("a-present-secret-for-hs256")),
                        "--storage.auth.previous-jwt-secret-files=" + written(place.resolve("previous"), PREVIOUS))
                .start();
    }

    private static Path written(Path file, String content) {
        try {
            return Files.writeString(file, content);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    @BeforeEach
    void publishTheFirstKeys() {
        provider.publishes(KEYS.publicKeys());
        becomesGood(KEYS.rs256("rsa-1", claims()));
    }

    @Test
    void tokensOfEachPublishedKeyAreAccepted() {
        for (String token :
                List.of(KEYS.rs256("rsa-1", claims()), KEYS.es256("ec-1", claims()), KEYS.edDsa(claims()))) {
            assertThat(ask(token)).hasStatus(200);
        }
        assertThat(ask(KEYS.rs256("ec-1", claims()))).isUnauthorized();
        assertThat(ask(NEXT.rs256("rsa-1", claims()))).isUnauthorized();
    }

    @Test
    void bothSharedSecretsWorkBesideThem() {
        assertThat(ask(gateway.tokens().user(user))).hasStatus(200);
        assertThat(ask(new Tokens(PREVIOUS).user(user))).hasStatus(200);
        assertThat(ask(new Tokens("another-secret-that-is-long-enough").user(user)))
                .isUnauthorized();
    }

    @Test
    void aNewKeyBeginsToWorkWhileTheOldOneStillDoes() {
        String old = KEYS.rs256("rsa-1", claims());
        provider.publishes(
                Stream.concat(KEYS.publicKeys().stream(), Stream.of(nextKey())).toList());

        becomesGood(NEXT.rs256("rsa-2", claims()));
        assertThat(ask(old)).hasStatus(200);
    }

    @Test
    void aKeyThatIsPublishedNoMoreStopsWorking() {
        String old = KEYS.rs256("rsa-1", claims());
        assertThat(ask(old)).hasStatus(200);

        provider.publishes(List.of(nextKey()));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ask(old)).isUnauthorized());
        assertThat(ask(NEXT.rs256("rsa-2", claims()))).hasStatus(200);
    }

    @Test
    void theLastGoodKeysHoldWhileTheProviderIsDown() {
        provider.isDown();
        int asked = provider.requests();

        await().atMost(Duration.ofSeconds(20)).until(() -> provider.requests() > asked + 1);
        assertThat(ask(KEYS.rs256("rsa-1", claims()))).hasStatus(200);
        assertThat(ask(KEYS.es256("ec-1", claims()))).hasStatus(200);
    }

    @Test
    void aFloodOfUnknownKeysDoesNotReachTheProvider() {
        int asked = provider.requests();
        long begun = System.nanoTime();

        for (int i = 0; i < 100; i++) {
            assertThat(ask(NEXT.rs256("made-up-" + i, claims()))).isUnauthorized();
        }

        long halfSeconds = Duration.ofNanos(System.nanoTime() - begun).toMillis() / 500;
        assertThat(provider.requests() - asked).isLessThanOrEqualTo((int) halfSeconds + 2);
    }

    @Test
    void aGatewayStartsWhileItsProviderIsDown() {
        try (KeyProvider late = new KeyProvider();
                Gateway started = startAt(late)) {
            String token = KEYS.rs256("rsa-1", claims());

            Answer answer = started.as(token).get("/bucket");
            assertThat(answer).isRefused(503, "ServiceUnavailable");
            assertThat(answer.header("Retry-After")).contains("1");
            assertThat(started.asUser(user).get("/bucket")).hasStatus(200);
            assertThat(started.anonymously().get("/bucket")).hasStatus(200);

            late.publishes(KEYS.publicKeys());
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(started.as(token).get("/bucket")).hasStatus(200));
        }
    }

    @Test
    void keysThatAnybodyCouldChangeOnTheirWayAreRefusedAtStart() throws Exception {
        Launch.Exit exit =
                Launch.fresh("--storage.auth.jwks-url=http://auth.example/jwks").runToEnd();

        assertThat(exit.code()).isNotZero();
        assertThat(exit.output()).contains("must begin with https://").doesNotContain("\tat ", "stack_trace");
    }

    private static JWK nextKey() {
        return new RSAKey.Builder(NEXT.rsa().toPublicJWK()).keyID("rsa-2").build();
    }

    private Map<String, Object> claims() {
        return Map.of("sub", user, "role", "authenticated", "exp", Tokens.inAnHour());
    }

    private static Answer ask(String token) {
        return gateway.as(token).get("/bucket");
    }

    private static void becomesGood(String token) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ask(token)).hasStatus(200));
    }
}
