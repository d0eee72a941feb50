package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.ProductionGateway;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.SigningKeys;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Tokens signed by public-key algorithms, and the confusions between them. */
class PublicKeysIT {

    private static final String ISSUER = ProductionGateway.ISSUER;
    private static final String AUDIENCE = ProductionGateway.AUDIENCE;

    private final ProductionGateway production = SharedGateway.production();
    private final SigningKeys keys = production.keys();
    private final String user = Names.user();

    @Test
    void tokensOfEachKnownKeyAreAccepted() throws Exception {
        for (String token :
                List.of(keys.rs256("rsa-1", claims()), keys.es256("ec-1", claims()), keys.edDsa(claims()))) {
            Answer answer = create(token);
            assertThat(answer).hasStatus(201);
            Assertions.assertThat(answer.field("owner_id")).isEqualTo(user);
        }
    }

    @Test
    void thePublicKeyIsNoSharedSecret() throws Exception {
        byte[] der = keys.rsa().toRSAPublicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
        String modulus = keys.rsa().getModulus().toString();
        String unsigned = Tokens.unsigned("{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}", SigningKeys.json(claims()));

        for (byte[] secret : List.of(der, pem.getBytes(), pem.strip().getBytes(), modulus.getBytes())) {
            refused(unsigned + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(Tokens.hmac(secret, unsigned)));
        }
    }

    @Test
    void theAlgorithmIsPinnedToItsKey() {
        refused(keys.rs256("ec-1", claims()));
        refused(keys.es256("rsa-1", claims()));
        refused(keys.rs256("unknown", claims()));
        refused(keys.byRsa("{\"alg\":\"RS384\",\"kid\":\"rsa-1\"}", claims()));
        refused(keys.byRsa("{\"alg\":\"PS256\",\"kid\":\"rsa-1\"}", claims()));
    }

    @Test
    void anEcdsaSignatureOfZerosIsNone() {
        String unsigned = Tokens.unsigned("{\"alg\":\"ES256\",\"kid\":\"ec-1\"}", SigningKeys.json(claims()));

        refused(unsigned + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[64]));
        refused(unsigned + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[0]));
        refused(unsigned + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[] {0x30, 6, 2, 1, 0, 2, 1, 0}));
    }

    @Test
    void aKeyInTheHeaderIsIgnored() {
        SigningKeys attacker = SigningKeys.fresh();
        String jwk = attacker.rsa().toPublicJWK().toJSONString();

        refused(attacker.byRsa("{\"alg\":\"RS256\",\"jwk\":" + jwk + "}", claims()));
        refused(attacker.byRsa("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jwk\":" + jwk + "}", claims()));
        refused(attacker.rs256("rsa-1", claims()));
    }

    @Test
    void addressesInTheHeaderAreNotVisited() throws IOException {
        SigningKeys attacker = SigningKeys.fresh();
        try (ServerSocket trap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + trap.getLocalPort() + "/keys";
            refused(attacker.byRsa(
                    "{\"alg\":\"RS256\",\"kid\":\"other\",\"jku\":\"" + address + "\",\"x5u\":\"" + address + "\"}",
                    claims()));

            trap.setSoTimeout(500);
            Assertions.assertThatThrownBy(trap::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void issuerAndAudienceAreChecked() {
        assertThat(create(keys.rs256("rsa-1", with("aud", List.of("x", AUDIENCE)))))
                .hasStatus(201);
        refused(keys.rs256("rsa-1", with("iss", "https://other.example")));
        refused(keys.rs256("rsa-1", with("iss", ISSUER + "/")));
        refused(keys.rs256("rsa-1", without("iss")));
        refused(keys.rs256("rsa-1", with("aud", "other")));
        refused(keys.rs256("rsa-1", with("aud", List.of())));
        refused(keys.rs256("rsa-1", without("aud")));
    }

    @Test
    void theSharedSecretWorksBesideThePublicKeys() {
        assertThat(create(production.gateway().tokens().user(user))).hasStatus(201);
        refused(production.gateway().tokens().of(Map.of("sub", user, "exp", Tokens.inAnHour(), "iss", "other")));
    }

    @Test
    void withoutToleranceForClocksASecondIsEnough() {
        refused(production
                .gateway()
                .tokens()
                .expiringAt(user, java.time.Instant.now().minusSeconds(2)));
    }

    private Map<String, Object> claims() {
        return new HashMap<>(
                Map.of("sub", user, "role", "authenticated", "exp", Tokens.inAnHour(), "iss", ISSUER, "aud", AUDIENCE));
    }

    private Map<String, Object> with(String claim, Object value) {
        Map<String, Object> claims = claims();
        claims.put(claim, value);
        return claims;
    }

    private Map<String, Object> without(String claim) {
        Map<String, Object> claims = claims();
        claims.remove(claim);
        return claims;
    }

    private void refused(String token) {
        assertThat(production.gateway().as(token).get("/bucket")).isUnauthorized();
    }

    private Answer create(String token) {
        return production.gateway().as(token).createBucket("{\"name\": \"" + Names.bucket("by-key") + "\"}");
    }
}
