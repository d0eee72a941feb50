package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** HTTP to {@link Buckets} and back. */
final class BucketHandler {

    private final Buckets buckets;
    private final Bodies bodies;

    BucketHandler(Buckets buckets, Bodies bodies) {
        this.buckets = buckets;
        this.bodies = bodies;
    }

    Mono<ServerResponse> create(ServerRequest request) {
        return bodies.json(request)
                .map(BucketRequest::of)
                .doOnNext(wanted ->
                        Facts.of(request).note(LogField.BUCKET, wanted.bucket().name()))
                .flatMap(wanted -> buckets.create(RlsContextFilter.of(request), wanted.bucket())
                        .map(BucketJson::of)
                        .flatMap(made -> ServerResponse.status(
                                        wanted.supabaseShape() ? HttpStatus.OK : HttpStatus.CREATED)
                                .bodyValue(made)));
    }

    Mono<ServerResponse> list(ServerRequest request) {
        return buckets.list(RlsContextFilter.of(request), BucketListQuery.of(request))
                .map(page -> page.stream().map(BucketJson::of).toList())
                .flatMap(page -> ServerResponse.ok().bodyValue(page));
    }

    Mono<ServerResponse> get(ServerRequest request) {
        return buckets.find(RlsContextFilter.of(request), ObjectPaths.bucketOf(request))
                .map(BucketUsageJson::of)
                .flatMap(bucket -> ServerResponse.ok().bodyValue(bucket));
    }

    Mono<ServerResponse> update(ServerRequest request) {
        String bucket = ObjectPaths.bucketOf(request);
        return bodies.json(request)
                .map(fields -> BucketPatch.of(bucket, fields))
                .flatMap(change -> buckets.update(RlsContextFilter.of(request), bucket, change))
                .map(ChangedBucketJson::of)
                .flatMap(changed -> ServerResponse.ok().bodyValue(changed));
    }

    Mono<ServerResponse> empty(ServerRequest request) {
        return buckets.empty(RlsContextFilter.of(request), ObjectPaths.bucketOf(request))
                .doOnNext(removed -> Facts.of(request).note(LogField.COUNT, removed))
                .map(removed -> Map.of("message", "Successfully emptied", "removed", removed))
                .flatMap(emptied -> ServerResponse.ok().bodyValue(emptied));
    }

    Mono<ServerResponse> delete(ServerRequest request) {
        return buckets.delete(RlsContextFilter.of(request), ObjectPaths.bucketOf(request))
                .then(Mono.defer(() -> ServerResponse.ok().bodyValue(Map.of("message", "Successfully deleted"))));
    }
}
