package io.aerodb.storage.gateway.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A small text file that a setting names: a secret, a password, a set of keys. Read at start. */
public final class SettingFile {

    private static final long MOST_BYTES = 1024 * 1024;

    private SettingFile() {}

    /** @throws StartRefused when it is larger than 1 MiB or can't be read as UTF-8 */
    public static String text(String setting, Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
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

    /**
     * The secret of two settings, of which at most one may be set: one holds it, the other, {@code -file}, names its file.
     * Without the white space around it.
     *
     * @throws StartRefused when both are set, the file can't be read, or it holds nothing
     */
    static Optional<String> secret(String setting, @Nullable String text, @Nullable Path file) {
        if (text != null && file != null) {
            throw new StartRefused("Both %1$s and %1$s-file are set: remove one of them.".formatted(setting));
        }
        Optional<String> secret = Optional.ofNullable(file == null ? text : text(setting + "-file", file))
                .map(String::strip);
        if (secret.filter(String::isEmpty).isPresent()) {
            throw new StartRefused("The secret of %s is empty: set it.".formatted(setting));
        }
        return secret;
    }

    private static StartRefused unreadable(String setting, Path file, String why) {
        return new StartRefused("The file %s of %s %s. Make it a file of UTF-8 text that the gateway's user may read."
                .formatted(file, setting, why));
    }
}
