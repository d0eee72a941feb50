package io.aerodb.storage.gateway.observability;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text without what opens something: a client that takes an address apart wrongly sends its token as a part of a path, and
 * libraries put addresses into their messages.
 */
final class Masked {

    /** A JWS in compact form (RFC 7515, 3.1) begins with a JSON object in base64url. */
    private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_-]*+((?:\\.|%2[Ee])[A-Za-z0-9_-]*+){0,2}+");

    /** What presigned addresses of S3 are signed with. */
    private static final Pattern SIGNATURE =
            Pattern.compile("(X-Amz-(?:Signature|Credential|Security-Token)=)[^&\\s\"]*", Pattern.CASE_INSENSITIVE);

    private static final String MASK = "[masked]";

    private Masked() {}

    /** Without a dot it is none. What is matched is taken whole, so that no text takes longer than its length. */
    private static String token(MatchResult match) {
        return match.group(1) == null ? Matcher.quoteReplacement(match.group()) : MASK;
    }

    static String of(String text) {
        String masked = text.contains("eyJ") ? TOKEN.matcher(text).replaceAll(Masked::token) : text;
        return masked.contains("mz-") ? SIGNATURE.matcher(masked).replaceAll("$1" + MASK) : masked;
    }
}
