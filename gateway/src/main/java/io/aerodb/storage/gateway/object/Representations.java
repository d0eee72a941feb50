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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What a GET or HEAD of an object that was found answers: 200, 206, 304, 307, 412 or 416. A HEAD opens no blob. */
final class Representations {

    private final BlobBody blobs;
    private final Redirects redirects;
    private final double verified;

    /** @param verified the part of the readings of whole objects that is compared with their SHA-256, from 0 to 1 */
    Representations(BlobBody blobs, Redirects redirects, double verified) {
        this.blobs = blobs;
        this.redirects = redirects;
        this.verified = verified;
    }

    Mono<ServerResponse> answer(ServerRequest request, FoundObject found, ReadTerms terms) {
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
            case HOLD -> request.method() == HttpMethod.HEAD ? head(request, found) : content(request, found, terms);
        };
    }

    private static Mono<ServerResponse> head(ServerRequest request, FoundObject found) {
        return Mono.just(
                new ContentAnswer(HttpStatus.OK, headers -> write(request, found, headers), ContentAnswer.none()));
    }

    private Mono<ServerResponse> content(ServerRequest request, FoundObject found, ReadTerms terms) {
        if (found.damaged()) {
            return blobs.refused();
        }
        StorageObject object = found.object();
        HttpHeaders asked = request.headers().asHttpHeaders();
        Optional<ByteRange> part = terms.repeatable()
                ? ByteRanges.of(asked, object.etag(), object.updatedAt(), object.size())
                : Optional.empty();
        boolean whole = part.isEmpty() || part.get().length() == object.size();
        boolean verify = whole && ThreadLocalRandom.current().nextDouble() < verified;
        Mono<ServerResponse> sent = Mono.defer(() -> sent(request, found, part, verify));
        return verify || part.isPresent() && asked.containsHeader(HttpHeaders.IF_RANGE)
                ? sent
                : redirects.answer(request, found, terms).switchIfEmpty(sent);
    }

    private Mono<ServerResponse> sent(
            ServerRequest request, FoundObject found, Optional<ByteRange> part, boolean verify) {
        StorageObject object = found.object();
        HttpStatus status = part.isPresent() ? HttpStatus.PARTIAL_CONTENT : HttpStatus.OK;
        Consumer<HttpHeaders> fields = headers -> {
            write(request, found, headers);
            part.ifPresent(range -> ObjectHeaders.part(range, object.size(), headers));
        };
        return blobs.of(
                        object,
                        part.orElse(ByteRange.whole(object.size())),
                        verify,
                        request.exchange().getRequest())
                .map(body -> new ContentAnswer(status, fields, body));
    }

    private static void write(ServerRequest request, FoundObject found, HttpHeaders headers) {
        ObjectHeaders.representation(found, headers);
        if (ReprDigest.isWanted(request.headers().asHttpHeaders())) {
            ReprDigest.write(found.object().checksum(), headers);
        }
        Attachment.wanted(request, found.object())
                .ifPresent(attachment -> headers.set(HttpHeaders.CONTENT_DISPOSITION, attachment));
    }
}
