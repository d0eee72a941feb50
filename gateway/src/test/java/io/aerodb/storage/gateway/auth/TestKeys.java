package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/** Key pairs, their public halves as JWKs, and a verifier that checks nothing of the claims but their times. */
final class TestKeys {

    private TestKeys() {}

    static TokenVerifier verifier(KeySource keys) {
        ClaimRules rules = new ClaimRules(Clock.systemUTC(), Duration.ZERO, null, Set.of());
        return new TokenVerifier(keys, rules, new VerifiedTokens(100));
    }

    /** The HS256 key of the tokens that {@link TestTokens#hs256} makes. */
    static VerificationKey secret() {
        try {
            return new VerificationKey(null, JWSAlgorithm.HS256, new MACVerifier(TestTokens.SECRET));
        } catch (JOSEException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static KeyPair rsa() {
        return pair("RSA");
    }

    static KeyPair ed25519() {
        return pair("Ed25519");
    }

    static KeyPair p256() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    static String jwks(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    static String rsaJwk(String id, KeyPair pair) {
        return new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .keyID(id)
                .build()
                .toJSONString();
    }

    static String p256Jwk(String id, KeyPair pair) {
        return new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                .keyID(id)
                .build()
                .toJSONString();
    }

    /** The last 32 bytes of an X.509 encoded Ed25519 key are the key: RFC 8410, 4. */
    static String ed25519Jwk(String id, KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"%s\",\"use\":\"sig\",\"x\":\"%s\"}"
                .formatted(id, TestTokens.base64(raw));
    }

    private static KeyPair pair(String algorithm) {
        try {
            return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
