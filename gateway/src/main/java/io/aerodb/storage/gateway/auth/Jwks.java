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
import java.io.Serial;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The usable keys of a JWK set (RFC 7517): RSA of at least 2048 bits for RS256, P-256 for ES256, Ed25519 for EdDSA. Keys
 * for other uses, algorithms and curves are passed over.
 */
final class Jwks {

    /** A token without a {@code kid} is tried against every key of its algorithm: there can't be many. */
    static final int MOST_KEYS = 32;

    private static final int LEAST_RSA_BITS = 2048;
    /** By key type. */
    static final Map<String, JWSAlgorithm> ALGORITHMS =
            Map.of("RSA", JWSAlgorithm.RS256, "EC", JWSAlgorithm.ES256, "OKP", JWSAlgorithm.EdDSA);

    private Jwks() {}

    /** Why a JWK set is no use; the message is a sentence without a full stop. */
    static final class Unusable extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        Unusable(String what) {
            super("The JWK set " + what);
        }
    }

    /**
     * A set that an operator deployed. A private or symmetric key makes all of it unusable: it is the wrong file.
     *
     * @throws Unusable also when there is no usable key
     */
    static List<VerificationKey> deployed(String json) {
        List<JWK> keys = keys(json);
        if (keys.stream().anyMatch(JWK::isPrivate)) {
            throw new Unusable("has a private or symmetric key; it must have public keys only");
        }
        return usable(keys);
    }

    /**
     * A set that a provider publishes. Private and symmetric keys in it prove nothing any more and are passed over.
     *
     * @throws Unusable when there is no usable key
     */
    static List<VerificationKey> published(String json) {
        return usable(keys(json).stream().filter(key -> !key.isPrivate()).toList());
    }

    private static List<VerificationKey> usable(List<JWK> keys) {
        List<VerificationKey> usable =
                keys.stream().flatMap(key -> usable(key).stream()).toList();
        if (usable.isEmpty() || usable.size() > MOST_KEYS) {
            throw new Unusable(
                    "has %d keys for RS256 (2048 bits or more), ES256 (P-256) or EdDSA (Ed25519); 1 to %d are needed"
                            .formatted(usable.size(), MOST_KEYS));
        }
        return usable;
    }

    private static List<JWK> keys(String json) {
        try {
            return JWKSet.parse(json).getKeys();
        } catch (ParseException malformed) {
            throw new Unusable("is not a valid JWK set");
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
            throw new Unusable("has a key that is not valid");
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
}
