package io.aerodb.storage.gateway.http;

import java.util.regex.Pattern;
import org.springframework.web.reactive.function.server.ServerRequest;

/** Whole numbers in the query string. */
public final class QueryNumbers {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private QueryNumbers() {}

    /**
     * A parameter's value, cut to the most it may be.
     *
     * @param absent the value when the parameter was not sent
     * @throws StorageError InvalidRequest when it is no whole number, or less than the least
     */
    public static int of(ServerRequest request, String name, int absent, int least, int most) {
        return request.queryParam(name)
                .map(text -> parsed(name, text, least, most))
                .orElse(absent);
    }

    private static int parsed(String name, String text, int least, int most) {
        if (!DIGITS.matcher(text).matches() || Long.parseLong(text) < least) {
            String reason = "must be a whole number from %d on".formatted(least);
            throw ErrorCode.INVALID_REQUEST.because(name, reason);
        }
        return (int) Math.min(Long.parseLong(text), most);
    }
}
