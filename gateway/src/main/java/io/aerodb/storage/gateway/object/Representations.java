package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.ByteRange;
import io.aerodb.storage.gateway.auth.BearerToken;
import io.aerodb.storage.gateway.http.ByteRanges;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ReadConditions;
import io.aerodb.storage.metadata.BucketPolicy;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.StorageObject;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What a GET or HEAD of an object that was found answers: 200, 206, 304, 412 or 416. A HEAD opens no blob. */
final class Representations {

    private final BlobBody blobs;

    Representations(BlobBody blobs) {
        this.blobs = blobs;
    }

    /** @param ranges whether a part may be asked for; else the answer is always the whole */
    Mono<ServerResponse> answer(ServerRequest request, FoundObject found, boolean ranges) {
        HttpHeaders asked = request.headers().asHttpHeaders();
        StorageObject object = found.object();
        if (found.policy() != BucketPolicy.PUBLIC) { // added to what CORS says: a builder's headers replace it
            request.exchange().getResponse().getHeaders().addAll(HttpHeaders.VARY, BearerToken.HEADERS);
        }
        return switch (ReadConditions.of(asked, object.etag(), object.updatedAt())) {
            case FAIL -> Mono.error(ErrorCode.PRECONDITION_FAILED::error);
            case NOT_MODIFIED ->
                ServerResponse.status(HttpStatus.NOT_MODIFIED)
                        .headers(headers -> ObjectHeaders.validators(found, headers))
                        .build();
            case HOLD -> request.method() == HttpMethod.HEAD ? head(request, found) : content(request, found, ranges);
        };
    }

    private static Mono<ServerResponse> head(ServerRequest request, FoundObject found) {
        return ServerResponse.ok()
                .headers(headers -> write(request, found, headers))
                .build();
    }

    private Mono<ServerResponse> content(ServerRequest request, FoundObject found, boolean ranges) {
        StorageObject object = found.object();
        HttpHeaders asked = request.headers().asHttpHeaders();
        Optional<ByteRange> part =
                ranges ? ByteRanges.of(asked, object.etag(), object.updatedAt(), object.size()) : Optional.empty();
        return blobs.of(
                        object,
                        part.orElse(ByteRange.whole(object.size())),
                        request.exchange().getRequest())
                .flatMap(body -> ServerResponse.status(part.isPresent() ? HttpStatus.PARTIAL_CONTENT : HttpStatus.OK)
                        .headers(headers -> write(request, found, headers))
                        .headers(headers -> part.ifPresent(range -> ObjectHeaders.part(range, object.size(), headers)))
                        .body(body));
    }

    private static void write(ServerRequest request, FoundObject found, HttpHeaders headers) {
        ObjectHeaders.representation(found, headers);
        if (ReprDigest.isWanted(request.headers().asHttpHeaders())) {
            ReprDigest.write(found.object().checksum(), headers);
        }
        request.queryParam("download")
                .ifPresent(name -> headers.set(
                        HttpHeaders.CONTENT_DISPOSITION,
                        Attachment.named(name, found.object().path())));
    }
}
