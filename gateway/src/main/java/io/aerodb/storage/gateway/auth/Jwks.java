package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The usable keys of a JWK set (RFC 7517): RSA of at least 2048 bits for RS256, P-256 for ES256, Ed25519 for EdDSA. Keys
 * for other uses, algorithms and curves are passed over; a private or symmetric key makes the whole set unusable, because
 * it shows that the wrong file was deployed.
 */
final class Jwks {

    /** A token without a {@code kid} is tried against every key of its algorithm: there can't be many. */
    static final int MOST_KEYS = 32;

    private static final int LEAST_RSA_BITS = 2048;
    private static final Map<String, JWSAlgorithm> ALGORITHMS =
            Map.of("RSA", JWSAlgorithm.RS256, "EC", JWSAlgorithm.ES256, "OKP", JWSAlgorithm.EdDSA);

    private Jwks() {}

    /** @throws StartRefused when there is no usable key, or one that must not be here */
    static List<VerificationKey> parse(String json) {
        List<JWK> keys = keys(json);
        if (keys.stream().anyMatch(JWK::isPrivate)) {
            throw unusable("has a private or symmetric key; it must have public keys only");
        }
        List<VerificationKey> usable =
                keys.stream().flatMap(key -> usable(key).stream()).toList();
        if (usable.isEmpty() || usable.size() > MOST_KEYS) {
            throw unusable(
                    "has %d keys for RS256 (2048 bits or more), ES256 (P-256) or EdDSA (Ed25519); 1 to %d are needed"
                            .formatted(usable.size(), MOST_KEYS));
        }
        return usable;
    }

    private static List<JWK> keys(String json) {
        try {
            return JWKSet.parse(json).getKeys();
        } catch (ParseException malformed) {
            throw unusable("is not a valid JWK set");
        }
    }

    private static Optional<VerificationKey> usable(JWK key) {
        JWSAlgorithm algorithm = ALGORITHMS.get(key.getKeyType().getValue());
        if (algorithm == null || !isForVerification(key) || !isFor(algorithm, key)) {
            return Optional.empty();
        }
        return verifier(key).map(verifier -> new VerificationKey(key.getKeyID(), algorithm, verifier));
    }

    private static boolean isForVerification(JWK key) {
        boolean use = key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE);
        return use && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
    }

    private static boolean isFor(JWSAlgorithm algorithm, JWK key) {
        return key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.getName());
    }

    private static Optional<JWSVerifier> verifier(JWK key) {
        try {
            return Stream.of(rsa(key), ec(key), ed25519(key))
                    .flatMap(Optional::stream)
                    .findFirst();
        } catch (JOSEException | GeneralSecurityException invalid) {
            throw unusable("has a key that is not valid");
        }
    }

    private static Optional<JWSVerifier> rsa(JWK key) throws JOSEException {
        return key instanceof RSAKey rsa && rsa.size() >= LEAST_RSA_BITS
                ? Optional.of(new RSASSAVerifier(rsa))
                : Optional.empty();
    }

    private static Optional<JWSVerifier> ec(JWK key) throws JOSEException {
        return key instanceof ECKey ec && ec.getCurve().equals(Curve.P_256)
                ? Optional.of(new ECDSAVerifier(ec))
                : Optional.empty();
    }

    private static Optional<JWSVerifier> ed25519(JWK key) throws GeneralSecurityException {
        return key instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519)
                ? Optional.of(new EdDsaVerifier(okp.getDecodedX()))
                : Optional.empty();
    }

    private static StartRefused unusable(String what) {
        return new StartRefused(
                "The JWK set %s. Point storage.auth.jwks-file to the public JWK set of whoever signs the tokens."
                        .formatted(what));
    }
}
