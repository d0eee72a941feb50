package io.aerodb.storage.gateway.signing;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a link to upload binds an upload to, beside what the bucket demands.
 *
 * @param upsert whether what is there may be overwritten
 * @param maxSize bytes; null for no limit of the link's own
 * @param mimeTypes patterns like {@code image/*}; empty for any type
 * @param sha256 lower-case hexadecimal; null for any content
 */
public record UploadTerms(
        boolean upsert,
        @Nullable Long maxSize,
        List<String> mimeTypes,
        @Nullable String sha256) {

    public UploadTerms {
        mimeTypes = List.copyOf(mimeTypes);
    }

    /** Whether a content type is one of the patterns, whose case and parameters don't count. */
    public boolean allowsType(String contentType) {
        return mimeTypes.isEmpty()
                || mimeTypes.stream().anyMatch(pattern -> matches(essence(pattern), essence(contentType)));
    }

    private static boolean matches(String pattern, String type) {
        return pattern.equals("*/*")
                || pattern.equals(type)
                || pattern.endsWith("/*") && type.startsWith(pattern.substring(0, pattern.length() - 1));
    }

    private static String essence(String type) {
        return type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }
}
