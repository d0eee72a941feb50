package io.aerodb.storage.gateway.http;

import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPattern.PathMatchInfo;
import org.springframework.web.util.pattern.PathPatternParser;

/** The token in the address of a signed URL. */
public final class LinkToken {

    private static final PathPattern OBJECT = pattern("/object" + ObjectPaths.ANY);
    private static final PathPattern DOWNLOAD = pattern("/object/sign" + ObjectPaths.ANY);
    private static final PathPattern UPLOAD = pattern("/object/upload/sign" + ObjectPaths.ANY);
    private static final String PARAMETER = "token";

    private LinkToken() {}

    /**
     * The token by which a request comes, whatever other credentials it carries. Empty when it comes by its own: there is no
     * token, or the address is none of a link.
     */
    public static Optional<String> of(ServerHttpRequest request) {
        List<String> tokens = request.getQueryParams().getOrDefault(PARAMETER, List.of());
        return tokens.isEmpty() || !isLink(request) ? Optional.empty() : Optional.of(single(tokens));
    }

    private static boolean isLink(ServerHttpRequest request) {
        PathContainer path = request.getPath().pathWithinApplication();
        HttpMethod method = request.getMethod();
        if (method == HttpMethod.PUT) {
            return UPLOAD.matches(path);
        }
        return (method == HttpMethod.GET || method == HttpMethod.HEAD) && (DOWNLOAD.matches(path) || isObject(path));
    }

    private static boolean isObject(PathContainer path) {
        PathMatchInfo match = OBJECT.matchAndExtract(path);
        return match != null && !BucketNames.isReserved(match.getUriVariables().getOrDefault("bucket", ""));
    }

    /** Two tokens are none: who reads which is anybody's guess. */
    private static String single(List<String> tokens) {
        return tokens.size() == 1 && tokens.get(0) != null ? tokens.get(0) : "";
    }

    private static PathPattern pattern(String path) {
        return PathPatternParser.defaultInstance.parse(StorageApi.BASE + path);
    }
}
