package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Set;

/** Ed25519 (RFC 8037, 3.1) by the JDK; Nimbus' own verifier would need Tink. */
final class EdDsaVerifier implements JWSVerifier {

    private static final String ED25519 = "Ed25519";
    private static final int KEY_BYTES = 32;

    private final JCAContext context = new JCAContext();
    private final PublicKey key;

    /** @param encoded the public key as in RFC 8032, 5.1.2: y, little-endian, with the sign of x in the last bit */
    EdDsaVerifier(byte[] encoded) throws GeneralSecurityException {
        if (encoded.length != KEY_BYTES) {
            throw new GeneralSecurityException("an Ed25519 key has 32 bytes");
        }
        EdECPublicKeySpec spec = new EdECPublicKeySpec(NamedParameterSpec.ED25519, point(encoded));
        this.key = KeyFactory.getInstance(ED25519).generatePublic(spec);
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) {
        try {
            Signature verification = Signature.getInstance(ED25519);
            verification.initVerify(key);
            verification.update(signingInput);
            return verification.verify(signature.decode());
        } catch (SignatureException malformed) {
            return false;
        } catch (GeneralSecurityException unsupported) {
            throw new IllegalStateException("this JDK has no Ed25519", unsupported);
        }
    }

    @Override
    public Set<JWSAlgorithm> supportedJWSAlgorithms() {
        return Set.of(JWSAlgorithm.EdDSA);
    }

    @Override
    public JCAContext getJCAContext() {
        return context;
    }

    private static EdECPoint point(byte[] encoded) {
        byte[] y = new byte[KEY_BYTES];
        for (int i = 0; i < KEY_BYTES; i++) {
            y[i] = encoded[KEY_BYTES - 1 - i];
        }
        boolean xIsOdd = y[0] < 0;
        y[0] &= 0x7F;
        return new EdECPoint(xIsOdd, new BigInteger(1, y));
    }
}
