package io.aerodb.storage.gateway.http;

import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.web.reactive.function.server.ServerRequest;

/** Whole numbers in the query string. */
public final class QueryNumbers {

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

    /**
     * A parameter's value; empty when it was not sent.
     *
     * @throws StorageError InvalidRequest when it is no whole number within these bounds, both included
     */
    public static Optional<Long> within(ServerRequest request, String name, long least, long most) {
        return request.queryParam(name).map(text -> WholeNumbers.within(name, WholeNumbers.parse(text), least, most));
    }

    private static int parsed(String name, String text, int least, int most) {
        OptionalLong number = WholeNumbers.parse(text);
        if (number.isEmpty() || number.getAsLong() < least) {
            String reason = "must be a whole number from %d on".formatted(least);
            throw ErrorCode.INVALID_REQUEST.because(name, reason);
        }
        return (int) Math.min(number.getAsLong(), most);
    }
}
