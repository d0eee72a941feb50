package io.aerodb.storage.gateway.http;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules of bucket names (docs/api.md, "Buckets"). */
public final class BucketNames {

    private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._ -]{1,100}");
    private static final Pattern UUID =
            Pattern.compile("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}");
    private static final Set<String> RESERVED = Set.of(
            "sign",
            "sign-links",
            "public",
            "authenticated",
            "info",
            "list",
            "list-v2",
            "upload",
            "copy",
            "move",
            "move-prefix",
            "delete-prefix");

    private BucketNames() {}

    /** The name of a bucket to be created, unchanged. @throws StorageError InvalidBucketName with the reason */
    public static String checked(String name) {
        if (!SHAPE.matcher(name).matches()) {
            throw refused("must be 1 to 100 characters of A-Z, a-z, 0-9, dot, underscore, hyphen and space");
        }
        if (isEdge(name.charAt(0)) || isEdge(name.charAt(name.length() - 1))) {
            throw refused("must not begin or end with a dot or a space");
        }
        if (isReserved(name)) {
            throw refused("is a word of the API's addresses");
        }
        if (isId(name)) {
            throw refused("must not look like a UUID: those are ids");
        }
        return name;
    }

    /**
     * What to look a bucket up by: a UUID in lower case, or a name as it is. Empty when no bucket can be called so, which
     * a caller answers like a bucket that does not exist.
     */
    public static Optional<String> lookup(String idOrName) {
        if (isId(idOrName)) {
            return Optional.of(idOrName.toLowerCase(Locale.ROOT));
        }
        return SHAPE.matcher(idOrName).matches() ? Optional.of(idOrName) : Optional.empty();
    }

    /** Whether this is a bucket's id and not its name. */
    public static boolean isId(String idOrName) {
        return UUID.matcher(idOrName).matches();
    }

    /** Whether it is a word of the API's addresses, and so no bucket. */
    public static boolean isReserved(String name) {
        return RESERVED.contains(name);
    }

    private static boolean isEdge(char character) {
        return character == '.' || character == ' ';
    }

    private static StorageError refused(String reason) {
        return ErrorCode.INVALID_BUCKET_NAME.because("name", reason);
    }
}
