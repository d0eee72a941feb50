package io.aerodb.storage.gateway.http;

import io.aerodb.storage.gateway.http.RequestOperations.Asked;
import io.aerodb.storage.gateway.log.Operation;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.util.pattern.PathPattern;

/**
 * @param methods of the route; none for all
 * @param bucket the segment of its addresses that is the bucket; negative for none
 * @param path whether all behind the bucket is a path
 */
record OperationRoute(Set<HttpMethod> methods, PathPattern pattern, Operation operation, int bucket, boolean path) {

    OperationRoute(Set<HttpMethod> methods, PathPattern pattern, Operation operation) {
        this(
                methods,
                pattern,
                operation,
                Arrays.asList(pattern.getPatternString().split("/")).indexOf("{bucket}"),
                pattern.getPatternString().endsWith(ObjectPaths.ANY));
    }

    boolean has(HttpMethod method) {
        return methods.isEmpty() || methods.contains(method);
    }

    /** @param address a path that matches, still encoded */
    Asked asked(String address) {
        String[] segments = bucket < 0 ? new String[0] : address.split("/", bucket + 2);
        return new Asked(operation, decoded(segments, bucket), path ? decoded(segments, bucket + 1) : null);
    }

    private static @Nullable String decoded(String[] segments, int index) {
        return index >= 0 && index < segments.length
                ? PercentDecoding.strict(segments[index]).orElse(segments[index])
                : null;
    }
}
