package io.aerodb.storage.gateway.http;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes written for people: {@code 20MB}, {@code 1.5 GB}, {@code 512}; a kilobyte is 1024 bytes. */
final class ByteSizes {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,6})?) ?([kmgt]?b)?");
    private static final Map<String, Long> UNITS =
            Map.of("b", 1L, "kb", 1L << 10, "mb", 1L << 20, "gb", 1L << 30, "tb", 1L << 40);

    private ByteSizes() {}

    /** The bytes, rounded down; empty when the text is no size or too large for a long. */
    static OptionalLong parse(String text) {
        Matcher size = SHAPE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        long unit = UNITS.getOrDefault(String.valueOf(size.group(2)), 1L);
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(unit));
        return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? OptionalLong.empty()
                : OptionalLong.of(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }
}
