package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.http.StorageApi;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.springframework.web.util.UriUtils;

/** The addresses of links. What a request says of the host it came to counts for nothing. */
final class LinkAddresses {

    private final Supplier<String> origin;

    /** @param origin what stands before {@code /storage/v1}; empty when it is not known */
    LinkAddresses(Supplier<String> origin) {
        this.origin = origin;
    }

    /** The whole address of a download; without an origin a reference relative to that of any call (RFC 3986, 4.2). */
    String download(Link link, String token) {
        return "%s%s/object/%s?token=%s&expires=%d"
                .formatted(
                        origin.get(),
                        StorageApi.BASE,
                        UriUtils.encodePath(link.bucket() + "/" + link.path(), StandardCharsets.UTF_8),
                        token,
                        link.expiresAt().getEpochSecond());
    }

    /** What Supabase clients put behind the base, encoding it themselves. */
    static String unencodedDownload(Link link, String token) {
        return "/object/sign/%s/%s?token=%s".formatted(link.bucket(), link.path(), token);
    }

    /** The same of an upload, which they take as it is. */
    static String upload(Link link, String token) {
        return "/object/upload/sign/%s?token=%s"
                .formatted(UriUtils.encodePath(link.bucket() + "/" + link.path(), StandardCharsets.UTF_8), token);
    }
}
