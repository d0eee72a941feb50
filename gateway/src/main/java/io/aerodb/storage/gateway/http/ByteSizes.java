package io.aerodb.storage.gateway.http;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sizes written for people: {@code 20MB}, {@code 1.5 GB}, {@code 64KiB}, {@code 512}. As in Supabase Storage a kilobyte is
 * 1000 bytes; a kibibyte is 1024.
 */
final class ByteSizes {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,6})?) ?(b|[kmgt]i?b)?");
    private static final String PREFIXES = "kmgt";

    private ByteSizes() {}

    /** The bytes, rounded down; empty when the text is no size or too large for a long. */
    static OptionalLong parse(String text) {
        Matcher size = SHAPE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(unit(size.group(2)));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    private static BigDecimal unit(@Nullable String unit) {
        if (unit == null || unit.equals("b")) {
            return BigDecimal.ONE;
        }
        BigDecimal kilo = BigDecimal.valueOf(unit.length() == 3 ? 1024 : 1000);
        return kilo.pow(PREFIXES.indexOf(unit.charAt(0)) + 1);
    }
}
