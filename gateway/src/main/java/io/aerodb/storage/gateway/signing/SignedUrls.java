package io.aerodb.storage.gateway.signing;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.util.Base64URL;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.StorageError;
import java.text.ParseException;
import java.time.Clock;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Makes and verifies the tokens of signed URLs: a JWS (RFC 7515) under HS256, with keys that sign nothing else. A token opens
 * one object for one purpose; it is nobody's identity.
 */
public final class SignedUrls {

    private static final int MOST_CHARACTERS = 16 * 1024;

    private final SigningKeys keys;
    private final Clock clock;

    SignedUrls(SigningKeys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    String token(Link link) {
        return keys.sign(LinkClaims.json(link));
    }

    /**
     * The link to download this object that a token is.
     *
     * @param expires what the address says of the expiry, in seconds since 1970, if it does: it must be the token's
     * @throws StorageError InvalidSignature when it is none, ExpiredUrl when it was one
     */
    public Link download(String token, ObjectPath asked, Optional<String> expires) {
        Link link = opened(token, asked);
        String expiry = Long.toString(link.expiresAt().getEpochSecond());
        if (link.terms() != null || !expires.orElse(expiry).equals(expiry)) {
            throw ErrorCode.INVALID_SIGNATURE.error();
        }
        return unexpired(link);
    }

    /**
     * The link to upload this object that a token is; its terms are not null.
     *
     * @throws StorageError InvalidSignature when it is none, ExpiredUrl when it was one
     */
    public Link upload(String token, ObjectPath asked) {
        Link link = opened(token, asked);
        if (link.terms() == null) {
            throw ErrorCode.INVALID_SIGNATURE.error();
        }
        return unexpired(link);
    }

    private Link opened(String token, ObjectPath asked) {
        return verified(token).filter(link -> link.opens(asked)).orElseThrow(ErrorCode.INVALID_SIGNATURE::error);
    }

    private Link unexpired(Link link) {
        if (!clock.instant().isBefore(link.expiresAt())) {
            throw ErrorCode.EXPIRED_URL.error();
        }
        return link;
    }

    /** The parser passes over what is around it, the decoder over what is not base64url and over bits behind the last byte. */
    private static boolean isExact(JWSObject jws, String token) {
        return jws.serialize().equals(token)
                && Stream.of(jws.getParsedParts())
                        .allMatch(part -> Base64URL.encode(part.decode()).equals(part));
    }

    private Optional<Link> verified(String token) {
        if (token.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        try {
            JWSObject jws = JWSObject.parse(token);
            return isExact(jws, token) && keys.signed(jws)
                    ? Optional.of(LinkClaims.parse(jws.getPayload().toBytes()))
                    : Optional.empty();
        } catch (ParseException
                | JsonObjects.NotAnObject
                | RuntimeException malformed) { // as hostile tokens make parsers fail
            return Optional.empty();
        }
    }
}
