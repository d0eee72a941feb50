package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import io.aerodb.storage.gateway.wiring.AuthSettings;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the keys the settings name, at start. */
final class ConfiguredKeys {

    private static final long MOST_FILE_BYTES = 1024 * 1024;

    private ConfiguredKeys() {}

    /**
     * The keys of the secrets and of the JWKS file.
     *
     * @param generated asked for a secret only when the settings name neither secret nor JWKS file nor JWKS URL
     * @throws StartRefused when there is no key, or a bad one
     */
    static List<VerificationKey> read(AuthSettings settings, Supplier<Optional<JwtSecret>> generated) {
        List<VerificationKey> keys = new ArrayList<>();
        secret(settings).map(ConfiguredKeys::hs256).ifPresent(keys::add);
        if (settings.jwksFile() != null) {
            keys.addAll(jwks(settings.jwksFile()));
        }
        if (keys.isEmpty() && settings.jwksUrl() == null) {
            keys.add(generated.get().map(ConfiguredKeys::hs256).orElseThrow(ConfiguredKeys::none));
        }
        settings.previousJwtSecretFiles().forEach(file -> keys.add(hs256(previousSecret(file))));
        return keys;
    }

    private static List<VerificationKey> jwks(Path file) {
        try {
            return Jwks.deployed(content("storage.auth.jwks-file", file));
        } catch (Jwks.Unusable unusable) {
            throw new StartRefused("%s. Point storage.auth.jwks-file to the public JWK set of whoever signs the tokens."
                    .formatted(unusable.getMessage()));
        }
    }

    private static JwtSecret previousSecret(Path file) {
        return JwtSecret.of(content("storage.auth.previous-jwt-secret-files", file));
    }

    private static Optional<JwtSecret> secret(AuthSettings settings) {
        if (settings.jwtSecret() != null && settings.jwtSecretFile() != null) {
            throw new StartRefused(
                    "Both storage.auth.jwt-secret and storage.auth.jwt-secret-file are set: remove one of them.");
        }
        if (settings.jwtSecretFile() != null) {
            return Optional.of(JwtSecret.of(content("storage.auth.jwt-secret-file", settings.jwtSecretFile())));
        }
        return Optional.ofNullable(settings.jwtSecret()).map(JwtSecret::of);
    }

    private static VerificationKey hs256(JwtSecret secret) {
        try {
            return new VerificationKey(null, JWSAlgorithm.HS256, new MACVerifier(secret.bytes()));
        } catch (JOSEException tooShort) {
            throw new IllegalStateException("a JwtSecret is long enough", tooShort);
        }
    }

    private static String content(String setting, Path file) {
        try {
            if (Files.size(file) > MOST_FILE_BYTES) {
                throw unreadable(setting, file, "is larger than 1 MiB");
            }
            return Files.readString(file);
        } catch (IOException failure) {
            throw unreadable(
                    setting,
                    file,
                    "can't be read (%s)".formatted(failure.getClass().getSimpleName()));
        }
    }

    private static StartRefused unreadable(String setting, Path file, String why) {
        return new StartRefused("The file %s of %s %s. Make it a file of UTF-8 text that the gateway's user may read."
                .formatted(file, setting, why));
    }

    private static StartRefused none() {
        return new StartRefused("There is nothing to verify tokens with: set storage.auth.jwt-secret-file, "
                + "storage.auth.jwks-file or storage.auth.jwks-url.");
    }
}
