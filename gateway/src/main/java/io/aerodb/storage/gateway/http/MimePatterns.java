package io.aerodb.storage.gateway.http;

import java.util.List;
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
}
