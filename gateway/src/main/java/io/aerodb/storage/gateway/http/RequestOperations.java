package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.log.Operation;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Names the operation and the object of a request by the route tables, also when it was refused before it was routed.
 * Addresses in the older dialect are those of the native API.
 */
public final class RequestOperations {

    private final List<OperationRoute> routes;
    private final Map<PathPattern, List<OperationRoute>> byPattern;

    public RequestOperations(List<? extends RouterFunction<?>> tables) {
        OperationRoutes found = new OperationRoutes();
        tables.forEach(table -> table.accept(found));
        this.routes = found.found().stream()
                .sorted(Comparator.comparing(OperationRoute::pattern, PathPattern.SPECIFICITY_COMPARATOR))
                .toList();
        this.byPattern = routes.stream().collect(Collectors.groupingBy(OperationRoute::pattern));
    }

    /** What the request asks for, and of what. */
    public Asked of(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        String path = nativePath(request);
        return candidates(exchange, path)
                .filter(route -> route.has(request.getMethod()))
                .findFirst()
                .map(route -> route.asked(path))
                .orElse(Asked.NOTHING);
    }

    private Stream<OperationRoute> candidates(ServerWebExchange exchange, String path) {
        Object matched = exchange.getAttribute(RouterFunctions.MATCHING_PATTERN_ATTRIBUTE);
        if (matched instanceof PathPattern pattern) {
            return byPattern.getOrDefault(pattern, List.of()).stream();
        }
        PathContainer parsed = PathContainer.parsePath(path);
        return routes.stream().filter(route -> route.pattern().matches(parsed));
    }

    private static String nativePath(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        return path.startsWith(StorageApi.LEGACY_BASE + "/")
                ? StorageApi.BASE + path.substring(StorageApi.LEGACY_BASE.length())
                : path;
    }

    /**
     * @param bucket as in the address, decoded where it can be; null when the address has none
     * @param path likewise
     */
    public record Asked(
            Operation operation,
            @Nullable String bucket,
            @Nullable String path) {

        static final Asked NOTHING = new Asked(Operation.OTHER, null, null);
    }
}
