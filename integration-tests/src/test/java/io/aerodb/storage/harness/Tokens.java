package io.aerodb.storage.harness;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** Makes the tokens of a gateway's users from its HS256 secret: honest ones, and ones no honest issuer would make. */
public final class Tokens {

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final String HS256 = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

    private final byte[] secret;
    private final Map<String, Object> everywhere;

    public Tokens(String secret) {
        this(secret, Map.of());
    }

    /** @param everywhere claims that each of the tokens carries, like {@code iss} */
    public Tokens(String secret, Map<String, Object> everywhere) {
        this.secret = secret.getBytes(StandardCharsets.UTF_8);
        this.everywhere = everywhere;
    }

    public String user(String sub) {
        return expiringAt(sub, Instant.now().plus(Duration.ofHours(1)));
    }

    public String expired(String sub) {
        return expiringAt(sub, Instant.now().minus(Duration.ofMinutes(10)));
    }

    public String expiringAt(String sub, Instant end) {
        return of(Map.of("sub", sub, "role", "authenticated", "exp", end.getEpochSecond()));
    }

    public String anonymous() {
        return of(Map.of("role", "anon", "exp", inAnHour()));
    }

    public String service() {
        return of(Map.of("role", "service_role", "exp", inAnHour()));
    }

    /** The service, acting for a user: what it creates is that user's. */
    public String serviceFor(String sub) {
        return of(Map.of("role", "service_role", "sub", sub, "exp", inAnHour()));
    }

    public String of(Map<String, Object> claims) {
        Map<String, Object> all = new LinkedHashMap<>(everywhere);
        all.putAll(claims);
        return handMade(HS256, new JsonMapper().writeValueAsString(all));
    }

    /** Signed rightly with the secret, whatever the header and the claims say. */
    public String handMade(String header, String claims) {
        String signed = unsigned(header, claims);
        return signed + "." + BASE64URL.encodeToString(hmac(secret, signed));
    }

    /** Header and claims without a signature and without the last dot. */
    public static String unsigned(String header, String claims) {
        return BASE64URL.encodeToString(Bytes.of(header)) + "." + BASE64URL.encodeToString(Bytes.of(claims));
    }

    public static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(Bytes.of(text));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public static long inAnHour() {
        return Instant.now().plus(Duration.ofHours(1)).getEpochSecond();
    }
}
