package io.aerodb.storage.gateway.wiring;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who signs tokens. At least one of secret, JWKS file and JWKS URL; in development a secret is generated when there is
 * none.
 *
 * @param jwtSecret HS256 secret, at least 32 bytes of UTF-8
 * @param jwtSecretFile a file that holds the secret; surrounding white space is ignored
 * @param previousJwtSecretFiles files of further secrets that tokens may be signed with
 * @param jwksFile a JWK set (RFC 7517) with the public keys for RS256, ES256 and EdDSA
 * @param jwksUrl where such a set is published
 * @param jwksRefreshInterval from one fetch to the next, at most
 * @param jwksRetryInterval from one fetch to the next, at least
 * @param jwksTimeout of one fetch
 * @param issuer when set, {@code iss} must equal it
 * @param audience when not empty, {@code aud} must contain one of them
 * @param clockSkew tolerance for {@code exp} and {@code nbf}, at most 60 s
 * @param tokenCacheSize verified tokens that are remembered; 0 for none
 */
public record AuthSettings(
        @Nullable String jwtSecret,
        @Nullable Path jwtSecretFile,
        @DefaultValue List<Path> previousJwtSecretFiles,
        @Nullable Path jwksFile,
        @Nullable URI jwksUrl,
        @DefaultValue("50s") Duration jwksRefreshInterval,
        @DefaultValue("30s") Duration jwksRetryInterval,
        @DefaultValue("5s") Duration jwksTimeout,
        @Nullable String issuer,
        @DefaultValue List<String> audience,
        @DefaultValue("30s") Duration clockSkew,
        @DefaultValue("10000") int tokenCacheSize) {

    public AuthSettings {
        Bounds.check("storage.auth.clock-skew", clockSkew, Duration.ZERO, Duration.ofSeconds(60));
        Bounds.check("storage.auth.jwks-timeout", jwksTimeout, Duration.ofMillis(1), Bounds.LONGEST_WAIT);
        Bounds.check("storage.auth.jwks-retry-interval", jwksRetryInterval, jwksTimeout, Bounds.LONGEST_WAIT);
        Bounds.check("storage.auth.jwks-refresh-interval", jwksRefreshInterval, jwksRetryInterval, Bounds.LONGEST_WAIT);
        Bounds.check("storage.auth.token-cache-size", tokenCacheSize, 0, 10_000_000);
    }

    /** Whether somebody said who signs tokens; if not, a secret is generated (development only). */
    public boolean configured() {
        return jwtSecret != null || jwtSecretFile != null || jwksFile != null || jwksUrl != null;
    }

    @Override
    public String toString() {
        return "AuthSettings[hidden]";
    }
}
