package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.http.WriteCondition.CreateOnly;
import io.aerodb.storage.gateway.signing.Link;
import io.aerodb.storage.gateway.signing.SignedUrls;
import io.aerodb.storage.gateway.signing.UploadTerms;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import java.util.Objects;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Uploads by signed URL. Its creator's right was asked when it was signed, and what is uploaded is his; a use is counted in
 * the transaction that makes the object visible, so an upload that fails leaves the link as it was.
 */
final class LinkUploadHandler {

    private final SignedUrls urls;
    private final Uploads uploads;
    private final DataSize maxMetadata;

    LinkUploadHandler(SignedUrls urls, Uploads uploads, DataSize maxMetadata) {
        this.urls = urls;
        this.uploads = uploads;
        this.maxMetadata = maxMetadata;
    }

    Mono<ServerResponse> upload(ServerRequest request) {
        return Mono.defer(() -> uploads.accept(upload(request, LinkHandler.required(request))))
                .onErrorMap(StorageError.class, LinkHandler::forSupabase)
                .flatMap(object -> ServerResponse.ok().eTag(object.etag()).bodyValue(ObjectJson.of(object)));
    }

    private Upload upload(ServerRequest request, String token) {
        ObjectPath path = ObjectPaths.of(request);
        Link link = urls.upload(token, path);
        UploadTerms terms = Objects.requireNonNull(link.terms());
        UploadHeaders headers = bound(terms, UploadHeaders.of(request.headers().asHttpHeaders(), maxMetadata));
        return new Upload(
                creator(link),
                path,
                headers,
                terms.upsert() ? new WriteCondition.Overwrite(true) : new CreateOnly(ErrorCode.KEY_ALREADY_EXISTS),
                link.use(),
                bound(terms, request.exchange().getRequest().getBody()));
    }

    private static UploadHeaders bound(UploadTerms terms, UploadHeaders headers) {
        if (!terms.allowsType(headers.contentType())) {
            throw ErrorCode.INVALID_MIME_TYPE
                    .because("mime type %s is not supported".formatted(headers.contentType()))
                    .with("received", headers.contentType())
                    .with("allowed", terms.mimeTypes());
        }
        Long most = terms.maxSize();
        if (most != null && headers.contentLength().orElse(0) > most) {
            throw ErrorCode.ENTITY_TOO_LARGE
                    .error()
                    .with("limit", most)
                    .with("received", headers.contentLength().getAsLong());
        }
        return terms.sha256() == null ? headers : headers.with(Digest.SHA_256, terms.sha256());
    }

    private static Flux<DataBuffer> bound(UploadTerms terms, Flux<DataBuffer> body) {
        return terms.maxSize() == null ? body : ByteLimit.of(terms.maxSize(), body);
    }

    private static RlsContext creator(Link link) {
        String claims = JsonObjects.text(JsonNodeFactory.instance
                .objectNode()
                .put("role", Role.SERVICE_ROLE.databaseName())
                .put("sub", link.owner()));
        return new RlsContext(link.owner(), Role.SERVICE_ROLE, claims);
    }
}
