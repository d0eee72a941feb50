package io.aerodb.storage.gateway.auth;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a provider answered.
 *
 * @param json a JWK set (RFC 7517), if all is well
 * @param cacheControl the header, RFC 9111, 5.2
 */
record PublishedJwks(String json, @Nullable String cacheControl) {

    private static final Pattern MAX_AGE = Pattern.compile("(?i)(?:^|[\\s,])max-age=(\\d{1,9})");

    /** How long to use it: {@code max-age} within these bounds, the longer one when there is none. */
    Duration freshness(Duration least, Duration most) {
        Matcher maxAge = MAX_AGE.matcher(cacheControl == null ? "" : cacheControl);
        Duration wanted = maxAge.find() ? Duration.ofSeconds(Long.parseLong(maxAge.group(1))) : most;
        Duration atMost = wanted.compareTo(most) < 0 ? wanted : most;
        return atMost.compareTo(least) < 0 ? least : atMost;
    }
}
