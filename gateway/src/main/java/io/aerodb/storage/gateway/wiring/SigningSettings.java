package io.aerodb.storage.gateway.wiring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Signed URLs. All gateways of a database need the same secret; in development one is generated when there is none.
 *
 * @param secret HS256 secret that links are signed with, at least 32 bytes of UTF-8, and not one that tokens are signed with
 * @param secretFile a file that holds the secret; surrounding white space is ignored
 * @param previousSecretFiles files of further secrets whose links are still good
 * @param maxExpiry no link lives longer
 * @param defaultExpiry of a link to download, when its creator does not say
 * @param uploadExpiry of a link to upload, when its creator does not say
 */
public record SigningSettings(
        @Nullable String secret,
        @Nullable Path secretFile,
        @DefaultValue List<Path> previousSecretFiles,
        @DefaultValue("7d") Duration maxExpiry,
        @DefaultValue("1h") Duration defaultExpiry,
        @DefaultValue("2h") Duration uploadExpiry) {

    public SigningSettings {
        Bounds.check("storage.signing.max-expiry", maxExpiry, Duration.ofSeconds(1), Duration.ofDays(3650));
        Bounds.check("storage.signing.default-expiry", defaultExpiry, Duration.ofSeconds(1), maxExpiry);
        Bounds.check("storage.signing.upload-expiry", uploadExpiry, Duration.ofSeconds(1), maxExpiry);
    }

    /** Whether there is a secret to sign with; if not, one is generated (development only). */
    public boolean configured() {
        return secret != null || secretFile != null;
    }

    @Override
    public String toString() {
        return "SigningSettings[hidden]";
    }
}
