package io.aerodb.storage.metadata;

import org.jspecify.annotations.Nullable;

/**
 * On whose behalf the database works: made once per request from a verified token, bound to every metadata operation.
 *
 * @param userId the token's {@code sub}; null for anonymous callers and for tokens without one
 * @param role the database role; never taken from a token without the allow-list of {@link Role#named}
 * @param claims the verified claims as one JSON object; what policies see as {@code auth.jwt()}
 */
public record RlsContext(@Nullable String userId, Role role, String claims) {

    /** A caller without a token. */
    public static final RlsContext ANONYMOUS = new RlsContext(null, Role.ANON, "{\"role\":\"anon\"}");

    /** Whether the caller proved who he is: any token but one of role anon. */
    public boolean authenticated() {
        return role != Role.ANON;
    }

    /** Whether row-level security lets this caller do everything; every such use is logged. */
    public boolean canBypassRls() {
        return role == Role.SERVICE_ROLE;
    }
}
