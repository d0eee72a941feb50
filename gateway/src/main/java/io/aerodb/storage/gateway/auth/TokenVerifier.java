package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.util.Base64URL;
import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.RlsContext;
import java.text.ParseException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Verifies JWTs (RFC 7519, 7515, 8725): which keys and algorithms count is ours to say, never the token's. Everything in
 * the header but {@code alg} and {@code kid} is ignored, and a header that demands more ({@code crit}, {@code b64}) is
 * refused. Thread-safe; the work is CPU only.
 */
public final class TokenVerifier {

    private static final int MOST_TOKEN_CHARACTERS = 16 * 1024;
    private static final int MOST_KEY_ID_CHARACTERS = 256;

    private final KeySource keys;
    private final ClaimRules rules;

    TokenVerifier(KeySource keys, ClaimRules rules) {
        this.keys = keys;
        this.rules = rules;
    }

    /**
     * Whose token this is. A cache of verified tokens belongs here, around it.
     *
     * @throws StorageError Unauthorized with a challenge, for every token that is not entirely right
     */
    public RlsContext verify(String token) {
        JWSObject jws = parsed(token);
        refuseDemands(jws.getHeader());
        if (keys.current().stream().noneMatch(key -> isSignedBy(key, jws))) {
            throw InvalidToken.because("The token is not signed by a known key");
        }
        return rules.context(claims(jws));
    }

    private static JWSObject parsed(String token) {
        if (token.length() > MOST_TOKEN_CHARACTERS) {
            throw InvalidToken.because("The token is too long");
        }
        try {
            return JWSObject.parse(token);
        } catch (ParseException | RuntimeException malformed) { // the parser meets null where a hostile token has it
            throw InvalidToken.because("The token is not a signed JWT");
        }
    }

    private static void refuseDemands(JWSHeader header) {
        boolean critical = header.getCriticalParams() != null || !header.isBase64URLEncodePayload();
        String keyId = header.getKeyID();
        if (critical || keyId != null && keyId.length() > MOST_KEY_ID_CHARACTERS) {
            throw InvalidToken.because("The token has a header that is not supported");
        }
    }

    private static boolean isSignedBy(VerificationKey key, JWSObject jws) {
        JWSHeader header = jws.getHeader();
        return key.answersFor(header.getAlgorithm(), header.getKeyID())
                && isSignature(key, header, jws.getSigningInput(), jws.getSignature());
    }

    private static boolean isSignature(VerificationKey key, JWSHeader header, byte[] input, Base64URL signature) {
        try {
            return key.verifier().verify(header, input, signature);
        } catch (JOSEException unverifiable) {
            return false;
        }
    }

    private static ObjectNode claims(JWSObject jws) {
        try {
            return JsonObjects.parse(jws.getPayload().toBytes());
        } catch (JsonObjects.NotAnObject malformed) {
            throw InvalidToken.because("The claims of the token are not valid JSON");
        }
    }
}
