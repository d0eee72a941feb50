package io.aerodb.storage.harness;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.text.ParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One private key for each algorithm with public keys that the gateway knows. */
public record SigningKeys(RSAKey rsa, ECKey ec, KeyPair edwards) {

    public static SigningKeys fresh() {
        try {
            return new SigningKeys(
                    new RSAKeyGenerator(2048)
                            .keyID("rsa-1")
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(JWSAlgorithm.RS256)
                            .generate(),
                    new ECKeyGenerator(Curve.P_256)
                            .keyID("ec-1")
                            .keyUse(KeyUse.SIGNATURE)
                            .algorithm(JWSAlgorithm.ES256)
                            .generate(),
                    KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        } catch (JOSEException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public List<JWK> publicKeys() {
        return List.of(rsa.toPublicJWK(), ec.toPublicJWK(), edwardsPublicKey());
    }

    public String rs256(String kid, Map<String, Object> claims) {
        return signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(kid).build(), claims, rsaSigner());
    }

    public String es256(String kid, Map<String, Object> claims) {
        return signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build(), claims, ecSigner());
    }

    public String edDsa(Map<String, Object> claims) {
        String unsigned = Tokens.unsigned("{\"alg\":\"EdDSA\",\"kid\":\"ed-1\"}", json(claims));
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(edwards.getPrivate());
            signature.update(Bytes.of(unsigned));
            return unsigned + "." + Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A token with this header as it stands, signed by the RSA key whatever the header says. */
    public String byRsa(String header, Map<String, Object> claims) {
        try {
            return signed(JWSHeader.parse(header), claims, rsaSigner());
        } catch (ParseException wrong) {
            throw new IllegalArgumentException(wrong);
        }
    }

    public static String json(Map<String, Object> claims) {
        return tools.jackson.databind.json.JsonMapper.shared().writeValueAsString(claims);
    }

    private JWSSigner rsaSigner() {
        try {
            return new RSASSASigner(rsa);
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private JWSSigner ecSigner() {
        try {
            return new ECDSASigner(ec);
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String signed(JWSHeader header, Map<String, Object> claims, JWSSigner signer) {
        try {
            SignedJWT token = new SignedJWT(header, JWTClaimsSet.parse(claims));
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException | ParseException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private OctetKeyPair edwardsPublicKey() {
        byte[] encoded = edwards.getPublic().getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(raw))
                .keyID("ed-1")
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.EdDSA)
                .build();
    }
}
