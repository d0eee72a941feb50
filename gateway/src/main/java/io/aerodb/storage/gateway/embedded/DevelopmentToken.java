package io.aerodb.storage.gateway.embedded;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;

/** Signs tokens with the generated secret. */
final class DevelopmentToken {

    private DevelopmentToken() {}

    /** A compact JWT (RFC 7519) with {@code sub}, {@code role}, {@code iat} and {@code exp}, under HS256. */
    static String signed(DevelopmentSecret secret, TokenRequest request, Instant now) throws JOSEException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject(request.user())
                .claim("role", request.role().databaseName())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(request.lifetime())))
                .build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        token.sign(new MACSigner(secret.bytes()));
        return token.serialize();
    }
}
