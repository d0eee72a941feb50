package io.aerodb.storage.gateway.scrub;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.ScrubRepository;
import io.aerodb.storage.metadata.ScrubRepository.CheckedObject;
import java.util.List;
import java.util.Optional;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Which objects are known to be damaged, and how one is, for service_role, whom a filter lets through. */
final class CorruptHandler {

    private static final int MAX_LISTED = 1000;

    private final ScrubRepository scrubs;

    CorruptHandler(ScrubRepository scrubs) {
        this.scrubs = scrubs;
    }

    Mono<ServerResponse> list(ServerRequest request) {
        return asked(request)
                .onErrorMap(
                        MetadataException.class,
                        failure -> PermissionChecker.failed(RlsContextFilter.of(request), failure, "select"))
                .map(objects -> objects.stream().map(CorruptJson::of).toList())
                .flatMap(objects -> ServerResponse.ok().bodyValue(objects));
    }

    private Mono<List<CheckedObject>> asked(ServerRequest request) {
        Optional<String> bucket = request.queryParam("bucket");
        Optional<String> path = request.queryParam("path");
        if (bucket.isPresent() != path.isPresent()) {
            String lacking = bucket.isPresent() ? "path" : "bucket";
            return Mono.error(() -> ErrorCode.INVALID_REQUEST.because(lacking, "must be given beside the other"));
        }
        return bucket.isPresent()
                ? scrubs.checked(bucket.get(), path.orElseThrow()).map(List::of).defaultIfEmpty(List.of())
                : scrubs.corrupt(
                        QueryNumbers.of(request, "limit", MAX_LISTED, 1, MAX_LISTED),
                        QueryNumbers.of(request, "offset", 0, 0, Integer.MAX_VALUE));
    }
}
