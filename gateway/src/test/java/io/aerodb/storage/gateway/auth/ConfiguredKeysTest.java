package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.aerodb.storage.gateway.wiring.AuthSettings;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredKeysTest {

    private static final String SECRET = TestTokens.SECRET;

    @TempDir
    Path directory;

    private static AuthSettings auth(@Nullable String secret, @Nullable Path secretFile, @Nullable Path jwks) {
        return auth(secret, secretFile, List.of(), jwks, null);
    }

    private static AuthSettings auth(
            @Nullable String secret,
            @Nullable Path secretFile,
            List<Path> previous,
            @Nullable Path jwks,
            @Nullable URI jwksUrl) {
        Duration some = Duration.ofSeconds(30);
        return new AuthSettings(
                secret, secretFile, previous, jwks, jwksUrl, some, some, some, null, List.of(), some, 10);
    }

    private static List<VerificationKey> read(@Nullable String secret, @Nullable Path secretFile, @Nullable Path jwks) {
        return ConfiguredKeys.read(auth(secret, secretFile, jwks), Optional::empty);
    }

    private Path file(String content) {
        try {
            return Files.writeString(directory.resolve("file"), content);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void refused(Runnable reading, String sentence) {
        assertThatThrownBy(reading::run).isInstanceOf(StartRefused.class).hasMessageContaining(sentence);
    }

    @Test
    void aSecretIsAnHs256Key() {
        assertThat(read(SECRET, null, null)).singleElement().satisfies(key -> {
            assertThat(key.algorithm()).isEqualTo(JWSAlgorithm.HS256);
            assertThat(key.id()).isNull();
        });
        assertThat(read(null, file("\n " + SECRET + "\n"), null)).hasSize(1);
    }

    @Test
    void theGeneratedSecretCountsOnlyWhenNothingIsConfigured() {
        HmacSecret generated = HmacSecret.of("storage.auth.jwt-secret", SECRET);

        assertThat(ConfiguredKeys.read(auth(null, null, null), () -> Optional.of(generated)))
                .hasSize(1);
        assertThat(ConfiguredKeys.read(auth(SECRET, null, null), () -> {
                    throw new AssertionError("not asked");
                }))
                .hasSize(1);
    }

    @Test
    void previousSecretsVerifyBesideTheCurrentOne() {
        Path previous = file("another secret that is long enough, too");

        assertThat(ConfiguredKeys.read(auth(SECRET, null, List.of(previous, previous), null, null), Optional::empty))
                .hasSize(3)
                .allMatch(key -> key.algorithm().equals(JWSAlgorithm.HS256));
    }

    @Test
    void previousSecretsAloneAreNotEnough() {
        List<Path> previous = List.of(file(SECRET));
        Path absent = directory.resolve("absent");

        refused(
                () -> ConfiguredKeys.read(auth(null, null, previous, null, null), Optional::empty),
                "nothing to verify");
        refused(
                () -> ConfiguredKeys.read(auth(SECRET, null, List.of(absent), null, null), Optional::empty),
                "absent of storage.auth.previous-jwt-secret-files can't be read");
    }

    @Test
    void aUrlIsEnough() {
        URI url = URI.create("https://auth.example/jwks");

        assertThat(ConfiguredKeys.read(auth(null, null, List.of(), null, url), Optional::empty))
                .isEmpty();
        assertThat(ConfiguredKeys.read(auth(null, null, List.of(file(SECRET)), null, url), Optional::empty))
                .hasSize(1);
    }

    @Test
    void nothingAtAllIsRefused() {
        refused(() -> read(null, null, null), "nothing to verify tokens with");
    }

    @Test
    void secretAndFileTogetherAreRefused() {
        refused(() -> read(SECRET, file(SECRET), null), "Both");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "                                      "})
    void anEmptySecretIsRefused(String secret) {
        refused(() -> read(secret, null, null), "The secret of storage.auth.jwt-secret is empty");
        refused(() -> read(null, file(secret), null), "The secret of storage.auth.jwt-secret is empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "1234567890123456789012345678901"})
    void aShortSecretIsRefused(String secret) {
        refused(() -> read(secret, null, null), "needs at least 32");
        refused(() -> read(null, file(secret), null), "needs at least 32");
    }

    @Test
    void aRepetitiveSecretIsRefused() {
        refused(() -> read("a".repeat(64), null, null), "can be guessed");
        refused(() -> read("abcabc".repeat(20), null, null), "can be guessed");
    }

    @Test
    void aSecretIsNeverPrinted() {
        assertThat(HmacSecret.of("storage.auth.jwt-secret", SECRET).toString()).doesNotContain(SECRET);
        assertThat(HmacSecret.of("storage.auth.jwt-secret", SECRET).bytes())
                .isEqualTo(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anUnreadableFileIsRefusedByItsName() {
        refused(
                () -> read(null, directory.resolve("absent"), null),
                "absent of storage.auth.jwt-secret-file can't be read");
        refused(() -> read(null, null, directory), "storage.auth.jwks-file can't be read");
        refused(() -> read(null, file("x".repeat(1024 * 1024 + 1)), null), "larger than 1 MiB");
    }

    @Test
    void privateAndSymmetricKeysAreRefused() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).generate();
        String symmetric = new OctetSequenceKey.Builder(SECRET.getBytes(StandardCharsets.UTF_8))
                .build()
                .toJSONString();

        refused(() -> read(null, null, file(keys(rsa.toJSONString()))), "must have public keys only");
        refused(() -> read(null, null, file(keys(symmetric))), "must have public keys only");
        assertThat(read(null, null, file(keys(rsa.toPublicJWK().toJSONString()))))
                .hasSize(1);
    }

    @Test
    void unusableKeysAreSkippedAndNoneLeftIsRefused() throws Exception {
        String good =
                new RSAKeyGenerator(2048).keyID("a").generate().toPublicJWK().toJSONString();
        String small = new RSAKeyGenerator(1024, true).generate().toPublicJWK().toJSONString();
        String p384 = new ECKeyGenerator(Curve.P_384).generate().toPublicJWK().toJSONString();
        String rs512 = good.replace("}", ",\"alg\":\"RS512\"}");
        String encryption = good.replace("}", ",\"use\":\"enc\"}");
        String unknown = "{\"kty\":\"AKP\",\"kid\":\"z\"}";

        for (String useless : List.of(small, p384, rs512, encryption, unknown)) {
            refused(() -> read(null, null, file(keys(useless))), "has 0 keys");
            assertThat(read(null, null, file(keys(useless + "," + good)))).hasSize(1);
        }
        refused(
                () -> read(null, null, file(keys(String.join(",", java.util.Collections.nCopies(33, good))))),
                "33 keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"keys\":[]}", "{\"keys\":[1]}", "{\"keys\":[{}]}", "not json"})
    void whatIsNoJwkSetIsRefused(String content) {
        refused(() -> read(null, null, file(content)), "The JWK set");
    }

    private static String keys(String keys) {
        return "{\"keys\":[" + keys + "]}";
    }
}
