package io.aerodb.storage.gateway.selftest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.aerodb.storage.gateway.wiring.HmacSecret;
import io.aerodb.storage.gateway.wiring.SettingFile;
import io.aerodb.storage.metadata.Role;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which gateway is tested, as whom.
 *
 * @param address what comes before {@code /storage/v1}
 * @param options exactly one of {@code --token-file} and {@code --jwt-secret-file}; the latter's token has the issuer and the
 *     audience
 */
record SelfTestRequest(URI address, Map<String, String> options) {

    static final String USAGE = "Usage: self-test ADDRESS (--token-file=FILE | --jwt-secret-file=FILE [--issuer=TEXT]"
            + " [--audience=TEXT])";

    private static final String TOKEN_FILE = "--token-file";
    private static final String SECRET_FILE = "--jwt-secret-file";
    private static final Set<String> OPTIONS = Set.of(TOKEN_FILE, SECRET_FILE, "--issuer", "--audience");
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    /** @throws IllegalArgumentException with a sentence for whom typed it */
    static SelfTestRequest parse(List<String> arguments) {
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("There is no address.");
        }
        Map<String, String> options = new HashMap<>();
        arguments.stream().skip(1).map(argument -> argument.split("=", 2)).forEach(option -> {
            if (option.length < 2 || !OPTIONS.contains(option[0])) {
                throw new IllegalArgumentException("'%s' is no option of self-test.".formatted(option[0]));
            }
            options.put(option[0], option[1]);
        });
        if (options.containsKey(TOKEN_FILE) == options.containsKey(SECRET_FILE)) {
            throw new IllegalArgumentException("Give either %s or %s.".formatted(TOKEN_FILE, SECRET_FILE));
        }
        return new SelfTestRequest(address(arguments.get(0)), Map.copyOf(options));
    }

    private static URI address(String text) {
        URI address = URI.create(text.replaceAll("/+$", ""));
        if (!SCHEMES.contains(String.valueOf(address.getScheme())) || address.getHost() == null) {
            throw new IllegalArgumentException("'%s' is no address like http://127.0.0.1:8080.".formatted(text));
        }
        return address;
    }

    /** The given one, or one of service_role that is good for five minutes. @throws StartRefused when a file can't be read */
    String token() throws JOSEException {
        String file = options.get(TOKEN_FILE);
        return file == null
                ? signed(Path.of(options.getOrDefault(SECRET_FILE, "")))
                : SettingFile.text(TOKEN_FILE, Path.of(file)).strip();
    }

    private String signed(Path secretFile) throws JOSEException {
        HmacSecret secret = HmacSecret.of(SECRET_FILE, SettingFile.text(SECRET_FILE, secretFile));
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .claim("role", Role.SERVICE_ROLE.databaseName())
                .issuer(options.get("--issuer"))
                .audience(options.get("--audience"))
                .expirationTime(Date.from(Instant.now().plus(LIFETIME)))
                .build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        token.sign(new MACSigner(secret.bytes()));
        return token.serialize();
    }
}
