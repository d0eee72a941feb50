package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Tokens whose keys a real server publishes, beside a secret. */
class KeysByUrlTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final String CLAIMS =
            "{\"sub\":\"alice\",\"exp\":" + (System.currentTimeMillis() / 1000 + 3600) + "}";
    private static KeyPair rsa;
    private static KeyPair ec;
    private static KeyPair ed;

    private final KeyProvider provider = new KeyProvider();
    private final TokenVerifier verifier = verifier(LONG);

    @BeforeAll
    static void makeKeys() {
        rsa = TestKeys.rsa();
        ec = TestKeys.p256();
        ed = TestKeys.ed25519();
    }

    @AfterEach
    void stop() {
        provider.close();
    }

    private TokenVerifier verifier(Duration retry) {
        JwksUrl url = new JwksUrl(provider.url(), Duration.ofSeconds(5));
        return TestKeys.verifier(
                new PublishedKeys(List.of(TestKeys.secret()), url.fetch(), LONG, retry, System::nanoTime));
    }

    private static String rs256(String keyId, KeyPair signer) {
        String header = "{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(keyId);
        return TestTokens.signed("SHA256withRSA", signer.getPrivate(), header, CLAIMS);
    }

    private void accepted(String token) {
        assertThat(verifier.verify(token).block().userId()).isEqualTo("alice");
    }

    private static void refused(TokenVerifier verifier, String token, ErrorCode code) {
        StepVerifier.create(verifier.verify(token))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(StorageError.class, error -> assertThat(error.code())
                                .isEqualTo(code)))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void eachAlgorithmIsVerifiedByItsKey() {
        provider.publishes(TestKeys.rsaJwk("r1", rsa), TestKeys.p256Jwk("e1", ec), TestKeys.ed25519Jwk("d1", ed));

        accepted(rs256("r1", rsa));
        accepted(TestTokens.signed(
                "SHA256withECDSAinP1363Format", ec.getPrivate(), "{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS));
        accepted(TestTokens.signed("Ed25519", ed.getPrivate(), "{\"alg\":\"EdDSA\",\"kid\":\"d1\"}", CLAIMS));
        accepted(TestTokens.signed("Ed25519", ed.getPrivate(), "{\"alg\":\"EdDSA\"}", CLAIMS));
        accepted(TestTokens.hs256(CLAIMS));
        assertThat(provider.requests()).isEqualTo(1);
    }

    @Test
    void theAlgorithmIsPinnedToItsKey() {
        provider.publishes(TestKeys.rsaJwk("r1", rsa), TestKeys.p256Jwk("e1", ec));

        refused(verifier, rs256("e1", rsa), ErrorCode.UNAUTHORIZED);
        String publicKey = TestKeys.rsaJwk("r1", rsa);
        refused(
                verifier,
                TestTokens.hmac("HmacSHA256", publicKey.getBytes(), "{\"alg\":\"HS256\",\"kid\":\"r1\"}", CLAIMS),
                ErrorCode.UNAUTHORIZED);
    }

    @Test
    void aSymmetricKeyInTheSetIsNoSecret() {
        String secret = "a secret that the provider should not tell";
        provider.publishes(
                "{\"kty\":\"oct\",\"kid\":\"s1\",\"alg\":\"HS256\",\"k\":\"%s\"}"
                        .formatted(TestTokens.base64(secret.getBytes())),
                TestKeys.rsaJwk("r1", rsa));

        accepted(rs256("r1", rsa));
        String forged = TestTokens.hmac("HmacSHA256", secret.getBytes(), "{\"alg\":\"HS256\",\"kid\":\"s1\"}", CLAIMS);
        refused(verifier, forged, ErrorCode.UNAUTHORIZED);
    }

    @Test
    void aTokenOfANewKeyBringsTheNewKeys() {
        TokenVerifier impatient = verifier(Duration.ofNanos(1));
        provider.publishes(TestKeys.rsaJwk("r1", rsa));
        assertThat(impatient.verify(rs256("r1", rsa)).block().userId()).isEqualTo("alice");
        KeyPair next = TestKeys.rsa();
        provider.publishes(TestKeys.rsaJwk("r2", next));

        assertThat(impatient.verify(rs256("r2", next)).block().userId()).isEqualTo("alice");
        refused(impatient, rs256("r1", rsa), ErrorCode.UNAUTHORIZED);
    }

    @Test
    void manyTokensOfUnknownKeysAreOneQuestion() {
        provider.publishes(TestKeys.rsaJwk("r1", rsa));
        accepted(rs256("r1", rsa));
        KeyPair attacker = TestKeys.rsa();

        Flux.range(0, 200)
                .flatMap(i -> verifier.verify(rs256("x" + i, attacker))
                        .map(context -> "accepted")
                        .onErrorReturn("no"))
                .distinct()
                .as(StepVerifier::create)
                .expectNext("no")
                .expectComplete()
                .verify(Duration.ofSeconds(30));

        assertThat(provider.requests()).isEqualTo(1);
    }

    @Test
    void whatTheSecretCanSayNeedsNoProvider() {
        accepted(TestTokens.hs256(CLAIMS));
        String wrong = TestTokens.hmac("HmacSHA256", new byte[32], "{\"alg\":\"HS256\",\"kid\":\"x\"}", CLAIMS);
        refused(verifier, wrong, ErrorCode.UNAUTHORIZED);
        refused(verifier, TestTokens.input("{\"alg\":\"none\"}", CLAIMS) + ".", ErrorCode.UNAUTHORIZED);
        assertThat(provider.requests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "ES256", "EdDSA"})
    void withoutKeysNobodyCanSay(String algorithm) {
        String token = TestTokens.input("{\"alg\":\"%s\",\"kid\":\"r1\"}".formatted(algorithm), CLAIMS) + ".AAAA";
        provider.answers(response -> response.status(500).send());

        refused(verifier, token, ErrorCode.SERVICE_UNAVAILABLE);
        refused(verifier, token, ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(provider.requests()).isEqualTo(1);
    }

    @Test
    void aSlowProviderDoesNotHoldUpOtherTokens() {
        provider.answers(response -> Mono.never());
        Mono<?> waiting = verifier.verify(rs256("r1", rsa)).timeout(Duration.ofMillis(200));

        StepVerifier.create(Mono.zip(waiting.materialize(), verifier.verify(TestTokens.hs256(CLAIMS))))
                .assertNext(both -> assertThat(both.getT2().userId()).isEqualTo("alice"))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }
}
