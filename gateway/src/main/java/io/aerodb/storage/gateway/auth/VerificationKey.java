package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import org.jspecify.annotations.Nullable;

/**
 * A key and the one algorithm it may be used with, so that a public RSA key is never taken for an HMAC secret.
 *
 * @param id the key's {@code kid}; null for one without, which answers for any
 */
record VerificationKey(@Nullable String id, JWSAlgorithm algorithm, JWSVerifier verifier) {

    /** Whether a token with this header may be signed by this key: RFC 7515, 4.1.1 and 4.1.4. */
    boolean answersFor(JWSHeader token) {
        return algorithm.equals(token.getAlgorithm())
                && (id == null || token.getKeyID() == null || id.equals(token.getKeyID()));
    }

    /** Whether the token says that it is signed by this very key. */
    boolean isNamedBy(JWSHeader token) {
        return algorithm.equals(token.getAlgorithm()) && id != null && id.equals(token.getKeyID());
    }
}
