package io.aerodb.storage.gateway.observability;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON (RFC 8259) that is one line wherever it is shown. Escaped is also what JSON allows and terminals or
 * readers obey: control characters, line separators, what turns the direction of text, halves of surrogate pairs.
 */
final class JsonText {

    private static final String HEX = "0123456789abcdef";

    private JsonText() {}

    /** @param most characters of a text; what is beyond is cut off, and an ellipsis says so */
    static void value(StringBuilder json, @Nullable Object value, int most) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            json.append(value);
        } else if (value instanceof Collection<?> values) {
            array(json, values, most);
        } else {
            string(json, Masked.of(value.toString()), most);
        }
    }

    private static void array(StringBuilder json, Collection<?> values, int most) {
        json.append('[');
        String comma = "";
        for (Object value : values) {
            json.append(comma);
            value(json, value, most);
            comma = ",";
        }
        json.append(']');
    }

    private static void string(StringBuilder json, String text, int most) {
        json.append('"');
        int end = Math.min(text.length(), most);
        for (int i = 0; i < end; i++) {
            char character = text.charAt(i);
            if (i + 1 < end && Character.isSurrogatePair(character, text.charAt(i + 1))) {
                json.append(character).append(text.charAt(++i));
            } else {
                character(json, character);
            }
        }
        json.append(end < text.length() ? "…\"" : "\"");
    }

    private static void character(StringBuilder json, char character) {
        if (character == '"' || character == '\\') {
            json.append('\\').append(character);
        } else if (isHarmless(character)) {
            json.append(character);
        } else {
            json.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
                json.append(HEX.charAt(character >> shift & 0xF));
            }
        }
    }

    private static boolean isHarmless(char character) {
        if (character < 0x7F) {
            return character >= ' ';
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
