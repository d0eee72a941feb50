package io.aerodb.storage.gateway.http;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Whole numbers from 0 on, as texts of requests have them. */
public final class WholeNumbers {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private WholeNumbers() {}

    /** Empty when the text is not 1 to 18 digits. */
    public static OptionalLong parse(String text) {
        return DIGITS.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    /**
     * The number, when there is one and it is within these bounds, both included.
     *
     * @param field what to call it in the error
     * @throws StorageError InvalidRequest
     */
    static long within(String field, OptionalLong number, long least, long most) {
        if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
            throw ErrorCode.INVALID_REQUEST.because(
                    field, "must be a whole number from %d to %d".formatted(least, most));
        }
        return number.getAsLong();
    }
}
