package io.aerodb.storage.gateway.signing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of links: the newest signs, all verify. A key's id is made from the key, so that gateways with the same secret
 * agree on it and a secret can take another's place while links that it signed are still good.
 */
final class SigningKeys {

    private final JWSHeader header;
    private final JWSSigner signer;
    private final Map<String, JWSVerifier> verifiers = new HashMap<>();

    SigningKeys(HmacSecret newest, List<HmacSecret> previous) {
        try {
            header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(id(newest)).build();
            signer = new MACSigner(newest.bytes());
            verifiers.put(id(newest), new MACVerifier(newest.bytes()));
            for (HmacSecret secret : previous) {
                verifiers.put(id(secret), new MACVerifier(secret.bytes()));
            }
        } catch (JOSEException tooShort) {
            throw new IllegalStateException("an HmacSecret is long enough", tooShort);
        }
    }

    /** A JWS in compact serialisation (RFC 7515, 7.1) under HS256. */
    String sign(String payload) {
        JWSObject jws = new JWSObject(header, new Payload(payload));
        try {
            jws.sign(signer);
        } catch (JOSEException unsigned) {
            throw new IllegalStateException("HS256 is part of every Java", unsigned);
        }
        return jws.serialize();
    }

    /** Whether one of the keys signed it, under HS256 and without demands in its header. Compares in constant time. */
    boolean signed(JWSObject jws) {
        JWSHeader theirs = jws.getHeader();
        JWSVerifier verifier = verifier(theirs.getKeyID());
        try {
            return verifier != null
                    && JWSAlgorithm.HS256.equals(theirs.getAlgorithm())
                    && theirs.getCriticalParams() == null
                    && theirs.isBase64URLEncodePayload()
                    && verifier.verify(theirs, jws.getSigningInput(), jws.getSignature());
        } catch (JOSEException unverifiable) {
            return false;
        }
    }

    private @Nullable JWSVerifier verifier(@Nullable String keyId) {
        return keyId == null ? null : verifiers.get(keyId);
    }

    private static String id(HmacSecret secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.bytes());
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is part of every Java", impossible);
        }
    }
}
