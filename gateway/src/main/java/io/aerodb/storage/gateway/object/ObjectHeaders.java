package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.metadata.BucketPolicy;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.StorageObject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** The header fields of an object's representation (RFC 9110, 8), the same for GET and HEAD. */
final class ObjectHeaders {

    /** What a browser would run or render as a document of our origin. */
    private static final Pattern ACTIVE = Pattern.compile(
            "(text|application)/(html|xml|xsl|javascript|ecmascript|x-javascript|x-shockwave-flash|pdf)|.*\\+xml|multipart/.*|message/.*");

    private ObjectHeaders() {}

    /** What caches compare and keep: for 200, 206 and 304. */
    static void validators(FoundObject found, HttpHeaders headers) {
        StorageObject object = found.object();
        headers.set(HttpHeaders.ETAG, object.etag());
        headers.setLastModified(object.updatedAt());
        headers.set(HttpHeaders.CACHE_CONTROL, cacheControl(found));
    }

    static void representation(FoundObject found, HttpHeaders headers) {
        StorageObject object = found.object();
        validators(found, headers);
        headers.set(HttpHeaders.CONTENT_TYPE, object.contentType());
        headers.setContentLength(object.size());
        headers.set(HttpHeaders.ACCEPT_RANGES, "bytes");
        headers.set("x-content-type-options", "nosniff");
        if (object.contentEncoding() != null) {
            headers.set(HttpHeaders.CONTENT_ENCODING, object.contentEncoding());
        }
        if (isActive(object.contentType())) {
            headers.set(
                    "content-security-policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
        }
    }

    static void part(ByteRange part, long size, HttpHeaders headers) {
        headers.setContentLength(part.length());
        headers.set(HttpHeaders.CONTENT_RANGE, "bytes %d-%d/%d".formatted(part.offset(), part.end() - 1, size));
    }

    /** As it was sent with the upload; but only a public bucket's objects may stay in shared caches. */
    static String cacheControl(FoundObject found) {
        String stored = found.object().cacheControl();
        return found.policy() == BucketPolicy.PUBLIC ? stored : unshared(stored);
    }

    private static String unshared(String stored) {
        Set<String> directives = new LinkedHashSet<>(List.of("private"));
        for (String directive : stored.split(",")) {
            if (!directive.trim().equalsIgnoreCase("public")) {
                directives.add(directive.trim());
            }
        }
        return String.join(", ", directives);
    }

    /** Whether a browser would run or render it. */
    static boolean isActive(String contentType) {
        String essence = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        return ACTIVE.matcher(essence).matches();
    }
}
