package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.signing.Link;
import io.aerodb.storage.gateway.signing.SignedUrls;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import io.aerodb.storage.metadata.StorageObject;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Uploads by signed URL: as its creator, whose rights are asked as for an upload of his own. A use is counted in the
 * transaction that makes the object visible, so an upload that fails leaves the link as it was.
 */
final class LinkUploadHandler {

    private final SignedUrls urls;
    private final UploadRequests requests;
    private final Uploads uploads;

    LinkUploadHandler(SignedUrls urls, UploadRequests requests, Uploads uploads) {
        this.urls = urls;
        this.requests = requests;
        this.uploads = uploads;
    }

    Mono<ServerResponse> upload(ServerRequest request) {
        return Mono.defer(() -> stored(request, LinkHandler.required(request)))
                .onErrorMap(StorageError.class, LinkHandler::forSupabase)
                .doOnNext(stored -> Facts.of(request).note(LogField.SIZE, stored.size()))
                .flatMap(object -> ServerResponse.ok().eTag(object.etag()).bodyValue(ObjectJson.of(object)));
    }

    private Mono<StorageObject> stored(ServerRequest request, String token) {
        ObjectPath path = ObjectPaths.of(request);
        Link link = urls.upload(token, path);
        LinkHandler.note(request, link).note(LogField.BYPASS, creator(link).canBypassRls() ? Boolean.TRUE : null);
        return requests.read(request, creator(link), path, upload -> uploads.accept(LinkTerms.bound(upload, link)));
    }

    /** The database knows the claims that he signed with, and goes by them. */
    private static RlsContext creator(Link link) {
        return new RlsContext(link.owner(), Role.named(link.role()).orElseThrow(), "{}");
    }
}
