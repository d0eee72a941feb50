package io.aerodb.storage.gateway.object;

import io.aerodb.storage.metadata.StorageObject;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;

/** The header fields of an object's representation (RFC 9110, 8), the same for GET and HEAD. */
final class ObjectHeaders {

    /** What a browser would run or render as a document of our origin. */
    private static final Pattern ACTIVE = Pattern.compile(
            "(text|application)/(html|xml|xsl|javascript|ecmascript|x-javascript|x-shockwave-flash|pdf)|.*\\+xml|multipart/.*|message/.*");

    private ObjectHeaders() {}

    static void write(StorageObject object, HttpHeaders headers) {
        headers.set(HttpHeaders.CONTENT_TYPE, object.contentType());
        headers.setContentLength(object.size());
        headers.set(HttpHeaders.ETAG, object.etag());
        headers.setLastModified(object.updatedAt());
        headers.set(HttpHeaders.ACCEPT_RANGES, "none");
        headers.set(HttpHeaders.CACHE_CONTROL, object.cacheControl());
        headers.set("x-content-type-options", "nosniff");
        if (object.contentEncoding() != null) {
            headers.set(HttpHeaders.CONTENT_ENCODING, object.contentEncoding());
        }
        if (isActive(object.contentType())) {
            headers.set(
                    "content-security-policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
        }
    }

    private static boolean isActive(String contentType) {
        String essence = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        return ACTIVE.matcher(essence).matches();
    }
}
