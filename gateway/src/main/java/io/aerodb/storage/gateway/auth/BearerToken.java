package io.aerodb.storage.gateway.auth;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** Finds a request's token: RFC 6750, 2.1, else Supabase's {@code apikey} header. */
public final class BearerToken {

    private static final String API_KEY = "apikey";
    /** The header fields that may have one, in lower case. */
    public static final List<String> HEADERS = List.of("authorization", API_KEY);

    private static final Pattern BEARER = Pattern.compile("[Bb][Ee][Aa][Rr][Ee][Rr] +([^ ]+)");

    private BearerToken() {}

    /**
     * The token as sent; empty when the request has none.
     *
     * @throws io.aerodb.storage.gateway.http.StorageError Unauthorized for another scheme, or a header sent twice
     */
    static Optional<String> of(HttpHeaders headers) {
        Optional<String> authorization = single(headers, HttpHeaders.AUTHORIZATION);
        return authorization.isPresent() ? authorization.map(BearerToken::bearer) : single(headers, API_KEY);
    }

    private static String bearer(String value) {
        Matcher bearer = BEARER.matcher(value.trim());
        if (!bearer.matches()) {
            throw InvalidToken.because("The Authorization header must be Bearer and a token");
        }
        return bearer.group(1);
    }

    private static Optional<String> single(HttpHeaders headers, String name) {
        List<String> values = headers.getOrEmpty(name);
        if (values.size() > 1) {
            throw InvalidToken.because("The %s header must be sent once".formatted(name));
        }
        return values.stream().findFirst();
    }
}
