package io.aerodb.storage.gateway.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Lists of media types and ranges of them, like {@code image/png} and {@code image/*}, in JSON bodies. */
public final class MimePatterns {

    private static final int MOST = 100;
    private static final Pattern SHAPE = Pattern.compile(
            "(\\*/\\*|[A-Za-z0-9!#$&^_.+-]{1,127}/([A-Za-z0-9!#$&^_.+-]{1,127}|\\*))( *;[ -~]{0,100})?");

    private MimePatterns() {}

    /** Empty when the member is absent or null. @throws StorageError InvalidRequest */
    public static Optional<List<String>> of(JsonFields fields, String name) {
        Optional<List<String>> patterns = fields.texts(name, MOST);
        if (patterns.isPresent()
                && !patterns.get().stream()
                        .allMatch(pattern -> SHAPE.matcher(pattern).matches())) {
            throw ErrorCode.INVALID_REQUEST.because(name, "must be media types like image/png or image/*");
        }
        return patterns;
    }

    /** Whether a content type is one of the patterns, whose case and parameters don't count. Without patterns all are. */
    public static boolean allow(List<String> patterns, String contentType) {
        return patterns.isEmpty()
                || patterns.stream().anyMatch(pattern -> matches(essence(pattern), essence(contentType)));
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
