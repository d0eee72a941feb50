package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.signing.Link;
import io.aerodb.storage.gateway.signing.SignedUrls;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import io.aerodb.storage.metadata.StorageObject;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Uploads by signed URL. Its creator's right was asked when it was signed, and what is uploaded is his; a use is counted in
 * the transaction that makes the object visible, so an upload that fails leaves the link as it was.
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
                .flatMap(object -> ServerResponse.ok().eTag(object.etag()).bodyValue(ObjectJson.of(object)));
    }

    private Mono<StorageObject> stored(ServerRequest request, String token) {
        ObjectPath path = ObjectPaths.of(request);
        Link link = urls.upload(token, path);
        return requests.read(request, creator(link), path, upload -> uploads.accept(LinkTerms.bound(upload, link)));
    }

    private static RlsContext creator(Link link) {
        String claims = JsonObjects.text(JsonNodeFactory.instance
                .objectNode()
                .put("role", Role.SERVICE_ROLE.databaseName())
                .put("sub", link.owner()));
        return new RlsContext(link.owner(), Role.SERVICE_ROLE, claims);
    }
}
