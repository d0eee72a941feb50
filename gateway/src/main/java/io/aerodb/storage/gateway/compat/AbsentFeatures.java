package io.aerodb.storage.gateway.compat;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.log.Operation;
import java.util.Arrays;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The addresses where Supabase's storage server has what this one has not: 501 with a sentence, whatever the method, so that
 * a client's author is not left with a 404.
 */
enum AbsentFeatures {
    LIFECYCLE(
            "/bucket/{bucket}/lifecycle",
            "Lifecycle rules of buckets are not implemented: objects stay until they are deleted"),
    RENDER("/render/**", "Image transformation is not implemented: ask for the image without transform options"),
    RESUMABLE(
            "/upload/resumable/**",
            "Resumable uploads (TUS) are not implemented: send the whole file to /object/{bucket}/{path}"),
    S3("/s3/**", "The S3 protocol is not implemented: use the addresses below /object and /bucket"),
    CACHE("/cdn/**", "Purging a cache is not implemented: this server has none"),
    VECTORS("/vector/**", "Vector buckets are not implemented"),
    ANALYTICS("/iceberg/**", "Analytics buckets (Iceberg) are not implemented");

    private final String pattern;
    private final String sentence;

    AbsentFeatures(String pattern, String sentence) {
        this.pattern = pattern;
        this.sentence = sentence;
    }

    static RouterFunction<ServerResponse> routes() {
        return Arrays.stream(values())
                .map(AbsentFeatures::route)
                .reduce(RouterFunction::and)
                .orElseThrow();
    }

    private RouterFunction<ServerResponse> route() {
        return RouterFunctions.route(
                        RequestPredicates.path(StorageApi.BASE + pattern),
                        request -> Mono.<ServerResponse>error(() -> ErrorCode.NOT_IMPLEMENTED.because(sentence)))
                .withAttribute(Operation.ATTRIBUTE, Operation.ABSENT);
    }
}
