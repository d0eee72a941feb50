package io.aerodb.storage.gateway.http;

import io.aerodb.storage.backend.Digest;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/**
 * Reads Content-Digest and Repr-Digest (RFC 9530, 2 and 3; content and representation have the same bytes here) and
 * Content-MD5 (RFC 1864). Algorithms we don't compute are ignored, as RFC 9530 asks.
 */
final class DigestHeaders {

    private static final List<String> FIELDS = List.of("Content-Digest", "Repr-Digest");
    /** A member of a dictionary of byte sequences: RFC 9651, 3.2 and 3.3.5. */
    private static final Pattern MEMBER =
            Pattern.compile("[ \\t]*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):(?:;[^,]*)?[ \\t]*(,|$)");

    private static final int SHA_256_BYTES = 32;
    private static final int MD5_BYTES = 16;

    private DigestHeaders() {}

    /** What the content must hash to, in lower-case hexadecimal. */
    static Map<Digest, String> of(HttpHeaders headers) {
        Map<Digest, String> digests = new EnumMap<>(Digest.class);
        for (String field : FIELDS) {
            List<String> values = headers.getOrEmpty(field);
            if (!values.isEmpty()) {
                dictionary(field, String.join(",", values), digests);
            }
        }
        for (String md5 : headers.getOrEmpty("Content-MD5")) {
            expect(digests, Digest.MD5, decoded("Content-MD5", md5.trim(), MD5_BYTES));
        }
        return digests;
    }

    private static void dictionary(String field, String text, Map<Digest, String> digests) {
        Matcher member = MEMBER.matcher(text);
        int end = 0;
        boolean more = true;
        while (more && member.region(end, text.length()).lookingAt()) {
            if (member.group(1).equals("sha-256")) {
                expect(digests, Digest.SHA_256, decoded(field, member.group(2), SHA_256_BYTES));
            }
            end = member.end();
            more = !member.group(3).isEmpty();
        }
        if (more || end < text.length()) {
            throw malformed(field, "must be like sha-256=:base64:");
        }
    }

    private static void expect(Map<Digest, String> digests, Digest digest, String hex) {
        String other = digests.putIfAbsent(digest, hex);
        if (other != null && !other.equals(hex)) {
            throw ErrorCode.BAD_DIGEST.because(
                    "The headers name two different %s digests".formatted(digest.algorithm()));
        }
    }

    private static String decoded(String field, String base64, int length) {
        byte[] bytes = decoded(field, base64);
        if (bytes.length != length) {
            throw malformed(field, "must be base64 of %d bytes".formatted(length));
        }
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] decoded(String field, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw malformed(field, "must be base64");
        }
    }

    private static StorageError malformed(String field, String reason) {
        return ErrorCode.BAD_DIGEST.because(field, reason);
    }
}
