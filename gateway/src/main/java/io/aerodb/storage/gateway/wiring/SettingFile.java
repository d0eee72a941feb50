package io.aerodb.storage.gateway.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    private static StartRefused unreadable(String setting, Path file, String why) {
        return new StartRefused("The file %s of %s %s. Make it a file of UTF-8 text that the gateway's user may read."
                .formatted(file, setting, why));
    }
}
