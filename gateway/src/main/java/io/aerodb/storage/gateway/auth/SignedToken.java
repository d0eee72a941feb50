package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import io.aerodb.storage.gateway.http.JsonObjects;
import java.text.ParseException;
import tools.jackson.databind.node.ObjectNode;

/**
 * A token as it was sent (RFC 7515), not verified yet. Everything in its header but {@code alg} and {@code kid} is
 * ignored, and a header that demands more ({@code crit}, {@code b64}) is refused. Refusals are StorageErrors, Unauthorized.
 */
final class SignedToken {

    private static final int MOST_CHARACTERS = 16 * 1024;
    private static final int MOST_KEY_ID_CHARACTERS = 256;

    private final String text;
    private final JWSObject jws;

    private SignedToken(String text, JWSObject jws) {
        this.text = text;
        this.jws = jws;
    }

    static SignedToken parse(String text) {
        if (text.length() > MOST_CHARACTERS) {
            throw InvalidToken.because("The token is too long");
        }
        SignedToken token = new SignedToken(text, jws(text));
        token.refuseDemands();
        return token;
    }

    String text() {
        return text;
    }

    JWSHeader header() {
        return jws.getHeader();
    }

    boolean isSignedBy(KeySet keys) {
        return keys.keys().stream().anyMatch(key -> key.answersFor(header()) && isSignedBy(key));
    }

    ObjectNode claims() {
        try {
            return JsonObjects.parse(jws.getPayload().toBytes());
        } catch (JsonObjects.NotAnObject malformed) {
            throw InvalidToken.because("The claims of the token are not valid JSON");
        }
    }

    private boolean isSignedBy(VerificationKey key) {
        try {
            return key.verifier().verify(header(), jws.getSigningInput(), jws.getSignature());
        } catch (JOSEException unverifiable) {
            return false;
        }
    }

    private void refuseDemands() {
        boolean critical = header().getCriticalParams() != null || !header().isBase64URLEncodePayload();
        String keyId = header().getKeyID();
        if (critical || keyId != null && keyId.length() > MOST_KEY_ID_CHARACTERS) {
            throw InvalidToken.because("The token has a header that is not supported");
        }
    }

    private static JWSObject jws(String text) {
        try {
            return JWSObject.parse(text);
        } catch (ParseException | RuntimeException malformed) { // the parser meets null where a hostile token has it
            throw InvalidToken.because("The token is not a signed JWT");
        }
    }
}
