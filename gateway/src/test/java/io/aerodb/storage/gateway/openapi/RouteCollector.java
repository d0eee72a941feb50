package io.aerodb.storage.gateway.openapi;

import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;

/** Hears of routes; the path of one is that of what it is nested in, and its own. A route without methods has all. */
final class RouteCollector implements RouterFunctions.Visitor {

    private static final Set<HttpMethod> ALL = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    private final Set<String> found = new TreeSet<>();
    private final Set<String> withoutOperation = new TreeSet<>();
    private boolean named;
    private final Deque<String> nested = new ArrayDeque<>();

    Set<String> found() {
        return found;
    }

    Set<String> withoutOperation() {
        return withoutOperation;
    }

    @Override
    public void startNested(RequestPredicate predicate) {
        nested.addLast(Address.of(predicate).path);
    }

    @Override
    public void endNested(RequestPredicate predicate) {
        nested.removeLast();
    }

    @Override
    public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
        Address address = Address.of(predicate);
        String path = documented(String.join("", nested) + address.path);
        address.methods.forEach(method -> found.add(method + " " + path));
        if (!named) {
            address.methods.forEach(method -> withoutOperation.add(method + " " + path));
        }
        named = false;
    }

    @Override
    public void resources(Function<ServerRequest, Mono<Resource>> lookup) {
        throw new IllegalStateException("resources have no address that can be documented");
    }

    @Override
    public void attributes(Map<String, Object> attributes) {
        named = attributes.containsKey(Operation.ATTRIBUTE);
    }

    @Override
    public void unknown(RouterFunction<?> routes) {
        throw new IllegalStateException("a router function that does not show its routes: " + routes);
    }

    /** OpenAPI has no pattern for the rest of a path, there it is a parameter like another. */
    private static String documented(String pattern) {
        if (!pattern.startsWith(StorageApi.BASE)) {
            throw new IllegalStateException("a route outside of the API: " + pattern);
        }
        return pattern.substring(StorageApi.BASE.length())
                .replace("{*path}", "{path}")
                .replace("**", "{rest}");
    }

    /** What a predicate says of path and methods. */
    private static final class Address implements RequestPredicates.Visitor {

        private String path = "";
        private Set<HttpMethod> methods = ALL;

        static Address of(RequestPredicate predicate) {
            Address address = new Address();
            predicate.accept(address);
            return address;
        }

        @Override
        public void method(Set<HttpMethod> only) {
            methods = only;
        }

        @Override
        public void path(String pattern) {
            path = pattern;
        }

        @Override
        @Deprecated
        @SuppressWarnings({"deprecation", "removal"})
        public void pathExtension(String extension) {
            throw unheard("path extension");
        }

        @Override
        public void header(String name, String value) {
            throw unheard("header");
        }

        @Override
        public void queryParam(String name, String value) {
            throw unheard("query parameter");
        }

        @Override
        public void version(String version) {
            throw unheard("version");
        }

        @Override
        public void startAnd() {}

        @Override
        public void and() {}

        @Override
        public void endAnd() {}

        @Override
        public void startOr() {
            throw unheard("alternative");
        }

        @Override
        public void or() {}

        @Override
        public void endOr() {}

        @Override
        public void startNegate() {
            throw unheard("negation");
        }

        @Override
        public void endNegate() {}

        @Override
        public void unknown(RequestPredicate predicate) {
            throw unheard(predicate.toString());
        }

        private static IllegalStateException unheard(String what) {
            return new IllegalStateException("a route by " + what + " has no place in the document");
        }
    }
}
