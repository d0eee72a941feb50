package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.nio.charset.StandardCharsets;

/** The HS256 secret (RFC 7518, 3.2): at least 32 bytes, and not the same few over and over. Never printed. */
public final class JwtSecret {

    /** Bytes, at least: as many as the hash has. */
    public static final int LEAST_BYTES = 32;

    private static final int LEAST_DISTINCT_BYTES = 8;
    private static final String ACTION =
            "Give storage.auth.jwt-secret (or a file by storage.auth.jwt-secret-file) a random value of at least 32 bytes,"
                    + " for instance the output of: openssl rand -base64 48";

    private final byte[] bytes;

    /** @throws StartRefused when the secret is weak */
    public JwtSecret(byte[] bytes) {
        if (bytes.length < LEAST_BYTES) {
            throw new StartRefused("The JWT secret has %d bytes; HS256 needs at least %d. %s"
                    .formatted(bytes.length, LEAST_BYTES, ACTION));
        }
        if (distinct(bytes) < LEAST_DISTINCT_BYTES) {
            throw new StartRefused("The JWT secret repeats a few characters and can be guessed. " + ACTION);
        }
        this.bytes = bytes.clone();
    }

    /** A secret written as text: its UTF-8 bytes without surrounding white space. */
    public static JwtSecret of(String text) {
        return new JwtSecret(text.strip().getBytes(StandardCharsets.UTF_8));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return "JwtSecret[hidden]";
    }

    private static int distinct(byte[] bytes) {
        boolean[] seen = new boolean[256];
        int distinct = 0;
        for (byte b : bytes) {
            distinct += seen[b & 0xFF] ? 0 : 1;
            seen[b & 0xFF] = true;
        }
        return distinct;
    }
}
