package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.log.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/** Hears of the routes of a table that say which operation they are. */
final class OperationRoutes implements RouterFunctions.Visitor {

    private final List<OperationRoute> found = new ArrayList<>();
    private final Deque<String> nested = new ArrayDeque<>();
    private Operation next = Operation.OTHER;

    List<OperationRoute> found() {
        return found;
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
        String pattern = String.join("", nested) + address.path;
        found.add(new OperationRoute(address.methods, PathPatternParser.defaultInstance.parse(pattern), next));
        next = Operation.OTHER;
    }

    /** Those of the route that comes next. */
    @Override
    public void attributes(Map<String, Object> attributes) {
        next = (Operation) attributes.getOrDefault(Operation.ATTRIBUTE, Operation.OTHER);
    }

    @Override
    public void resources(Function<ServerRequest, Mono<Resource>> lookup) {
        // no operation
    }

    @Override
    public void unknown(RouterFunction<?> routes) {
        // shows no routes
    }

    /** What a predicate says of path and methods; the API's say nothing else. */
    private static final class Address implements RequestPredicates.Visitor {

        private String path = "";
        private Set<HttpMethod> methods = Set.of();

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
        public void pathExtension(String extension) {}

        @Override
        public void header(String name, String value) {}

        @Override
        public void queryParam(String name, String value) {}

        @Override
        public void version(String version) {}

        @Override
        public void startAnd() {}

        @Override
        public void and() {}

        @Override
        public void endAnd() {}

        @Override
        public void startOr() {}

        @Override
        public void or() {}

        @Override
        public void endOr() {}

        @Override
        public void startNegate() {}

        @Override
        public void endNegate() {}

        @Override
        public void unknown(RequestPredicate predicate) {}
    }
}
