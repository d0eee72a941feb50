package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.RlsContext;
import java.util.Optional;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * Verifies JWTs (RFC 7519, 7515, 8725): which keys and algorithms count is ours to say, never the token's. The work is CPU
 * only, but for a token whose key is not known: then the provider of the keys is asked, at most once for all of them.
 */
public final class TokenVerifier {

    private final KeySource keys;
    private final ClaimRules rules;
    private final VerifiedTokens verified;

    TokenVerifier(KeySource keys, ClaimRules rules, VerifiedTokens verified) {
        this.keys = keys;
        this.rules = rules;
        this.verified = verified;
    }

    /**
     * Whose token this is. Fails with a {@link StorageError}: Unauthorized with a challenge, for every token that is not
     * entirely right; ServiceUnavailable while the keys that could say so are not known.
     */
    public Mono<RlsContext> verify(String token) {
        return Mono.defer(() -> identity(token, keys.current())).map(Identity::context);
    }

    /**
     * Whom a token with these claims would mean; times, issuer and audience are not looked at.
     *
     * @param claims is changed: gets the name of the role that is meant
     * @throws StorageError Unauthorized for claims that no token may have
     */
    public static RlsContext contextOf(ObjectNode claims) {
        return ClaimRules.context(claims);
    }

    private Mono<Identity> identity(String token, KeySet known) {
        Optional<Identity> before = verified.find(token, known);
        before.map(Identity::expiry).ifPresent(rules::refuseExpired);
        return before.map(Mono::just).orElseGet(() -> identity(SignedToken.parse(token), known));
    }

    private Mono<Identity> identity(SignedToken token, KeySet known) {
        if (token.isSignedBy(known)) {
            return Mono.just(accepted(token, known));
        }
        return known.mayLackKeyOf(token.header())
                ? keys.newest().map(newer -> identity(token, known, newer))
                : Mono.error(TokenVerifier::unknownKey);
    }

    private Identity identity(SignedToken token, KeySet known, KeySet newer) {
        if (newer == known || !token.isSignedBy(newer)) {
            throw unknownKey();
        }
        return accepted(token, newer);
    }

    private Identity accepted(SignedToken token, KeySet signers) {
        Identity identity = rules.identity(token.claims());
        verified.add(token.text(), signers, identity);
        return identity;
    }

    private static StorageError unknownKey() {
        return InvalidToken.because("The token is not signed by a known key");
    }
}
