package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.BucketNames;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.BucketRepository;
import io.aerodb.storage.metadata.RlsContext;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Says which limits hold for requests: those of the gateway, or with {@code ?bucket=} those in that bucket. */
final class LimitsHandler {

    private final BucketRepository buckets;
    private final StorageSettings settings;

    LimitsHandler(BucketRepository buckets, StorageSettings settings) {
        this.buckets = buckets;
        this.settings = settings;
    }

    Mono<ServerResponse> limits(ServerRequest request) {
        return request.queryParam("bucket")
                .map(bucket -> limitsIn(RlsContextFilter.of(request), bucket))
                .orElseGet(() -> Mono.just(LimitsJson.of(settings, null)))
                .flatMap(limits -> ServerResponse.ok().bodyValue(limits));
    }

    private Mono<LimitsJson> limitsIn(RlsContext caller, String bucket) {
        String idOrName = BucketNames.lookup(bucket).orElseThrow(ErrorCode.NO_SUCH_BUCKET::error);
        return PermissionChecker.given(caller, buckets.find(caller, idOrName), "select")
                .map(found -> LimitsJson.of(settings, found));
    }
}
