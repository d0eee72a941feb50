package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BlobKey;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of staging files: the key of the blob with tildes for its slashes, and something that nobody else will think of. */
final class StagingName {

    private static final Pattern SHAPE = Pattern.compile("([^~]+)~([0-9a-f]{2})~([0-9a-f-]{36}~[^~]*)~[0-9a-f]+");

    private StagingName() {}

    static String of(BlobKey key) {
        return Volume.unique(prefix(key));
    }

    /** Of all staging files of this blob, and of no others. */
    static String prefix(BlobKey key) {
        return key.value().replace('/', '~') + "~";
    }

    /** The blob that the file was to become; null when it is none of ours. */
    static @Nullable BlobKey key(String fileName) {
        Matcher name = SHAPE.matcher(fileName);
        try {
            return name.matches() ? new BlobKey(name.group(1) + "/" + name.group(2) + "/" + name.group(3)) : null;
        } catch (IllegalArgumentException foreign) {
            return null;
        }
    }
}
