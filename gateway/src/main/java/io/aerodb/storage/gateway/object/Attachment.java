package io.aerodb.storage.gateway.object;

import io.aerodb.storage.metadata.StorageObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;

/** Content-Disposition for a file that is to be saved (RFC 6266): a plain name for all, the true one by RFC 8187. */
final class Attachment {

    private Attachment() {}

    /** What {@code ?download} asks for; nothing without it. */
    static Optional<String> wanted(ServerRequest request, StorageObject object) {
        return request.queryParam("download").map(name -> named(name, object.path()));
    }

    /**
     * @param wanted the name the client asked for; when blank the last segment of the path
     * @return {@code attachment; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt}
     */
    static String named(String wanted, String path) {
        String name = (wanted.isBlank() ? path.substring(path.lastIndexOf('/') + 1) : wanted)
                .replaceAll("[\\p{Cntrl}\\p{Cs}/\\\\]", "_");
        String plain = name.replaceAll("[^\\x20-\\x7E]|[\"%]", "_");
        String disposition = "attachment; filename=\"" + plain + "\"";
        return plain.equals(name) ? disposition : disposition + "; filename*=UTF-8''" + encoded(name);
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
