package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import io.aerodb.storage.gateway.wiring.AuthSettings;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import io.aerodb.storage.gateway.wiring.SettingFile;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads the keys the settings name, at start. */
public final class ConfiguredKeys {

    private static final String SECRET = "storage.auth.jwt-secret";

    private ConfiguredKeys() {}

    /**
     * The keys of the secrets and of the JWKS file.
     *
     * @param generated asked for a secret only when the settings name neither secret nor JWKS file nor JWKS URL
     * @throws StartRefused when there is no key, or a bad one
     */
    static List<VerificationKey> read(AuthSettings settings, Supplier<Optional<HmacSecret>> generated) {
        List<VerificationKey> keys = new ArrayList<>();
        HmacSecret.of(SECRET, settings.jwtSecret(), settings.jwtSecretFile())
                .map(ConfiguredKeys::hs256)
                .ifPresent(keys::add);
        if (settings.jwksFile() != null) {
            keys.addAll(jwks(settings.jwksFile()));
        }
        if (keys.isEmpty() && settings.jwksUrl() == null) {
            keys.add(generated.get().map(ConfiguredKeys::hs256).orElseThrow(ConfiguredKeys::none));
        }
        previousSecrets(settings).stream().map(ConfiguredKeys::hs256).forEach(keys::add);
        return keys;
    }

    private static List<VerificationKey> jwks(Path file) {
        try {
            return Jwks.deployed(SettingFile.text("storage.auth.jwks-file", file));
        } catch (Jwks.Unusable unusable) {
            throw new StartRefused("%s. Point storage.auth.jwks-file to the public JWK set of whoever signs the tokens."
                    .formatted(unusable.getMessage()));
        }
    }

    /** The secrets that the settings name: tokens may be signed with any of them. */
    public static List<HmacSecret> secrets(AuthSettings settings) {
        return Stream.concat(
                        HmacSecret.of(SECRET, settings.jwtSecret(), settings.jwtSecretFile()).stream(),
                        previousSecrets(settings).stream())
                .toList();
    }

    private static List<HmacSecret> previousSecrets(AuthSettings settings) {
        return HmacSecret.listed("storage.auth.previous-jwt-secret-files", settings.previousJwtSecretFiles());
    }

    private static VerificationKey hs256(HmacSecret secret) {
        try {
            return new VerificationKey(null, JWSAlgorithm.HS256, new MACVerifier(secret.bytes()));
        } catch (JOSEException tooShort) {
            throw new IllegalStateException("an HmacSecret is long enough", tooShort);
        }
    }

    private static StartRefused none() {
        return new StartRefused("There is nothing to verify tokens with: set storage.auth.jwt-secret-file, "
                + "storage.auth.jwks-file or storage.auth.jwks-url.");
    }
}
