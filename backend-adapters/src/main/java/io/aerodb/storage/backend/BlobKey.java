package io.aerodb.storage.backend;

import java.util.regex.Pattern;

/**
 * The name of one blob: unique per write, never reused, opaque to everyone but the database function that makes it.
 *
 * <p>Shape: {@code {bucket id}/{two hex digits}/{uuid}~{cleaned file name}}. Every character is safe as a file
 * name and as an S3 key, and no segment can be {@code .} or {@code ..}, so a key can not leave a backend's root.
 */
public record BlobKey(String value) {

    private static final Pattern SHAPE = Pattern.compile(
            "(?![. ])[A-Za-z0-9._ -]{1,100}(?<![. ])/[0-9a-f]{2}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}~[A-Za-z0-9._-]{0,80}");

    public BlobKey {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a blob key: '%s'".formatted(value));
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
