package io.aerodb.storage.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.http.StorageError;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may sign, with what: one HS256 secret, two RSA keys, one P-256 and one Ed25519 key. */
class SignaturesTest {

    private static final String CLAIMS =
            "{\"sub\":\"alice\",\"exp\":" + (System.currentTimeMillis() / 1000 + 3600) + "}";

    private static KeyPair rsa;
    private static KeyPair otherRsa;
    private static KeyPair ec;
    private static KeyPair ed;
    private static TokenVerifier verifier;

    @BeforeAll
    static void makeKeys() {
        rsa = TestKeys.rsa();
        otherRsa = TestKeys.rsa();
        ed = TestKeys.ed25519();
        ec = TestKeys.p256();
        List<VerificationKey> keys = new ArrayList<>(Jwks.deployed(jwks()));
        keys.add(TestKeys.secret());
        verifier = TestKeys.verifier(KeySource.fixed(keys));
    }

    private static String jwks() {
        return TestKeys.jwks(
                TestKeys.rsaJwk("r1", rsa),
                TestKeys.rsaJwk("r2", otherRsa),
                TestKeys.p256Jwk("e1", ec),
                TestKeys.ed25519Jwk("d1", ed));
    }

    private static void accepted(String token) {
        assertThat(verifier.verify(token).block().userId()).isEqualTo("alice");
    }

    private static void refused(String token) {
        assertThatThrownBy(() -> verifier.verify(token).block())
                .isInstanceOf(StorageError.class)
                .hasMessageStartingWith("The token ");
    }

    private static String rs256(String header) {
        return TestTokens.signed("SHA256withRSA", rsa.getPrivate(), header, CLAIMS);
    }

    @Test
    void eachAlgorithmIsVerifiedByItsKey() {
        accepted(TestTokens.hs256(CLAIMS));
        accepted(rs256("{\"alg\":\"RS256\",\"kid\":\"r1\"}"));
        accepted(TestTokens.signed(
                "SHA256withECDSAinP1363Format", ec.getPrivate(), "{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS));
        accepted(TestTokens.signed("Ed25519", ed.getPrivate(), "{\"alg\":\"EdDSA\",\"kid\":\"d1\"}", CLAIMS));
    }

    @Test
    void everyEd25519KeyCanBeRead() throws Exception {
        for (int round = 0; round < 16; round++) {
            KeyPair pair = TestKeys.ed25519();
            TokenVerifier one =
                    TestKeys.verifier(KeySource.fixed(Jwks.deployed(TestKeys.jwks(TestKeys.ed25519Jwk("d1", pair)))));
            String token = TestTokens.signed("Ed25519", pair.getPrivate(), "{\"alg\":\"EdDSA\"}", CLAIMS);
            assertThat(one.verify(token).block().userId()).isEqualTo("alice");
        }
    }

    @Test
    void withoutAKeyIdEveryKeyOfTheAlgorithmIsTried() {
        accepted(rs256("{\"alg\":\"RS256\"}"));
        accepted(TestTokens.signed("SHA256withRSA", otherRsa.getPrivate(), "{\"alg\":\"RS256\"}", CLAIMS));
    }

    @Test
    void theKeyIdSelects() {
        refused(rs256("{\"alg\":\"RS256\",\"kid\":\"r2\"}"));
        refused(rs256("{\"alg\":\"RS256\",\"kid\":\"e1\"}"));
        refused(rs256("{\"alg\":\"RS256\",\"kid\":\"unknown\"}"));
        accepted(TestTokens.hs256("{\"alg\":\"HS256\",\"kid\":\"any\"}", CLAIMS));
    }

    @Test
    void aKeyIdIsOnlyEverCompared() {
        for (String id : List.of("../../etc/passwd", "r1' OR '1'='1", "", "a".repeat(257), "r1\\u0000")) {
            refused(rs256("{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(id)));
        }
        refused(rs256("{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted("a".repeat(1 << 20))));
        refused(rs256("{\"alg\":\"RS256\",\"kid\":{\"a\":1}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS256 ", "hs256", "HS257"})
    void noAlgorithmIsNoSignature(String algorithm) {
        String header = "{\"alg\":\"%s\"}".formatted(algorithm);

        refused(TestTokens.input(header, CLAIMS) + ".");
        refused(TestTokens.input(header, CLAIMS));
        refused(TestTokens.hs256(header, CLAIMS));
    }

    @Test
    void anRsaPublicKeyIsNoSecret() {
        byte[] der = rsa.getPublic().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
        for (byte[] key : List.of(
                der,
                pem.getBytes(StandardCharsets.US_ASCII),
                TestKeys.rsaJwk("r1", rsa).getBytes(StandardCharsets.US_ASCII))) {
            refused(TestTokens.hmac("HmacSHA256", key, "{\"alg\":\"HS256\",\"kid\":\"r1\"}", CLAIMS));
            refused(TestTokens.hmac("HmacSHA256", key, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", CLAIMS));
        }
    }

    @Test
    void noKeyIsUsedWithAnotherAlgorithm() {
        byte[] secret = TestTokens.SECRET.getBytes(StandardCharsets.UTF_8);

        refused(TestTokens.hmac("HmacSHA512", secret, "{\"alg\":\"HS512\"}", CLAIMS));
        refused(TestTokens.hmac("HmacSHA384", secret, "{\"alg\":\"HS384\"}", CLAIMS));
        refused(TestTokens.signed("SHA512withRSA", rsa.getPrivate(), "{\"alg\":\"RS512\",\"kid\":\"r1\"}", CLAIMS));
        refused(rs256("{\"alg\":\"ES256\",\"kid\":\"r1\"}"));
        refused(rs256("{\"alg\":\"EdDSA\",\"kid\":\"d1\"}"));
        refused(rs256("{\"alg\":\"PS256\",\"kid\":\"r1\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
                "{\"alg\":\"HS256\",\"crit\":[\"unknown\"],\"unknown\":1}",
                "{\"alg\":\"HS256\",\"crit\":[]}",
                "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}",
                "{\"alg\":\"HS256\",\"b64\":false}",
                "{\"typ\":\"JWT\"}",
                "[]",
                "null",
                "{",
                "{\"alg\":1}",
                "{\"alg\":\"HS256\",\"zip\":\"DEF\",\"crit\":[\"zip\"]}",
                "{\"alg\":\"HS256\",\"alg\":\"none\"}"
            })
    void headersThatDemandOrLackSomethingAreRefused(String header) {
        refused(TestTokens.hs256(header, CLAIMS));
    }

    @Test
    void keysInTheHeaderAreIgnored() throws Exception {
        KeyPair attacker = TestKeys.rsa();
        for (String extra : List.of(
                "\"jku\":\"https://evil.example/jwks\"",
                "\"x5u\":\"https://evil.example/cert\"",
                "\"jwk\":" + TestKeys.rsaJwk("r1", attacker))) {
            String header = "{\"alg\":\"RS256\",\"kid\":\"r1\"," + extra + "}";
            refused(TestTokens.signed("SHA256withRSA", attacker.getPrivate(), header, CLAIMS));
            accepted(rs256(header));
        }
    }

    @Test
    void anAllZeroEcdsaSignatureIsRefused() {
        String input = TestTokens.input("{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS);

        refused(input + "." + TestTokens.base64(new byte[64]));
        refused(input + "." + TestTokens.base64(new byte[0]));
        refused(input + "." + TestTokens.base64(new byte[63]));
        refused(TestTokens.signed("SHA256withECDSA", ec.getPrivate(), "{\"alg\":\"ES256\",\"kid\":\"e1\"}", CLAIMS));
    }

    @Test
    void aBadEd25519SignatureIsRefused() {
        String input = TestTokens.input("{\"alg\":\"EdDSA\",\"kid\":\"d1\"}", CLAIMS);

        refused(input + "." + TestTokens.base64(new byte[64]));
        refused(input + "." + TestTokens.base64(new byte[3]));
    }

    @Test
    void aChangedByteIsRefused() {
        String token = TestTokens.hs256(CLAIMS);
        int dot = token.lastIndexOf('.');

        refused(token.substring(0, dot + 1) + (token.charAt(dot + 1) == 'A' ? 'B' : 'A') + token.substring(dot + 2));
        refused(TestTokens.input("{\"alg\":\"HS256\"}", CLAIMS.replace("alice", "mallory")) + token.substring(dot));
        refused(TestTokens.hmac(
                "HmacSHA256",
                "another secret of more than 32 bytes".getBytes(StandardCharsets.UTF_8),
                "{\"alg\":\"HS256\"}",
                CLAIMS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "...", "a.b.c", "a.b.c.d.e", "undefined", "null", "e30.e30.", "ü.ü.ü", "%00"})
    void whatIsNoJwtIsRefused(String token) {
        refused(token);
    }

    @Test
    void aTokenHasAtMost16KiB() {
        refused(TestTokens.hs256(CLAIMS.replace("}", ",\"x\":\"" + "a".repeat(16_000) + "\"}")));
        accepted(TestTokens.hs256(CLAIMS.replace("}", ",\"x\":\"" + "a".repeat(10_000) + "\"}")));
    }
}
