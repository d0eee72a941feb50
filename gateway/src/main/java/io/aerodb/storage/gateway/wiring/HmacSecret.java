package io.aerodb.storage.gateway.wiring;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An HS256 secret (RFC 7518, 3.2): at least 32 bytes, and not the same few over and over. Never printed. */
public final class HmacSecret {

    /** Bytes, at least: as many as the hash has. */
    public static final int LEAST_BYTES = 32;

    private static final int LEAST_DISTINCT_BYTES = 8;
    private static final String ACTION = "Make it a random value of at least 32 bytes, best in a file, "
            + "for instance the output of: openssl rand -base64 48";

    private final byte[] bytes;

    private HmacSecret(String setting, byte[] bytes) {
        if (bytes.length < LEAST_BYTES) {
            throw new StartRefused("A secret of %s has %d bytes; HS256 needs at least %d. %s"
                    .formatted(setting, bytes.length, LEAST_BYTES, ACTION));
        }
        if (distinct(bytes) < LEAST_DISTINCT_BYTES) {
            throw new StartRefused(
                    "A secret of %s repeats a few characters and can be guessed. %s".formatted(setting, ACTION));
        }
        this.bytes = bytes;
    }

    /**
     * A secret written as text: its UTF-8 bytes without surrounding white space.
     *
     * @param setting what refusals call it
     * @throws StartRefused when the secret is weak
     */
    public static HmacSecret of(String setting, String text) {
        return new HmacSecret(setting, text.strip().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The secret of two settings, of which at most one may be set: one holds it, the other, {@code -file}, names its file.
     *
     * @throws StartRefused when both are set, the file can't be read, or the secret is weak
     */
    public static Optional<HmacSecret> of(String setting, @Nullable String text, @Nullable Path file) {
        return SettingFile.secret(setting, text, file).map(secret -> of(setting, secret));
    }

    /** The secrets in the files that a setting lists. @throws StartRefused when one can't be read or is weak */
    public static List<HmacSecret> listed(String setting, List<Path> files) {
        return files.stream()
                .map(file -> of(setting, SettingFile.text(setting, file)))
                .toList();
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Takes as long for any two of the same length. */
    public boolean isEqualTo(HmacSecret other) {
        return MessageDigest.isEqual(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "HmacSecret[hidden]";
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
