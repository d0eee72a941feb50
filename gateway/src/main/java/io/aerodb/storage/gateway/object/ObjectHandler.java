package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.LinkToken;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.StorageObject;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** HTTP to uploads, downloads and removals, and back. Decides nothing. */
final class ObjectHandler {

    private final UploadRequests requests;
    private final Uploads uploads;
    private final Downloads downloads;
    private final Removals removals;
    private final Reads reads;
    private final LinkHandler links;

    ObjectHandler(
            UploadRequests requests,
            Uploads uploads,
            Downloads downloads,
            Removals removals,
            Reads reads,
            LinkHandler links) {
        this.requests = requests;
        this.uploads = uploads;
        this.downloads = downloads;
        this.removals = removals;
        this.reads = reads;
        this.links = links;
    }

    Mono<ServerResponse> create(ServerRequest request) {
        boolean fromSupabase = WriteCondition.upsertHeaderSent(headers(request));
        return store(request, fromSupabase ? HttpStatus.OK : HttpStatus.CREATED);
    }

    Mono<ServerResponse> replace(ServerRequest request) {
        return store(request, HttpStatus.OK);
    }

    Mono<ServerResponse> download(ServerRequest request) {
        return LinkToken.of(request.exchange().getRequest())
                .map(token -> links.download(request, token))
                .orElseGet(() -> reads.answer(request, find(request, false), ReadTerms.OPEN));
    }

    Mono<ServerResponse> downloadPublic(ServerRequest request) {
        return reads.answer(request, find(request, true), ReadTerms.OPEN);
    }

    Mono<ServerResponse> info(ServerRequest request) {
        return find(request, false).flatMap(ObjectHandler::description);
    }

    Mono<ServerResponse> infoPublic(ServerRequest request) {
        return find(request, true).flatMap(ObjectHandler::description);
    }

    Mono<ServerResponse> remove(ServerRequest request) {
        return removals.remove(
                        RlsContextFilter.of(request),
                        ObjectPaths.of(request),
                        WriteCondition.ofRemoval(headers(request)))
                .then(Mono.defer(() -> ServerResponse.noContent().build()));
    }

    private Mono<ServerResponse> store(ServerRequest request, HttpStatus success) {
        return requests.read(request, RlsContextFilter.of(request), ObjectPaths.of(request), uploads::accept)
                .doOnNext(stored -> Facts.of(request).note(LogField.SIZE, stored.size()))
                .flatMap(stored -> stored(stored, success));
    }

    private Mono<FoundObject> find(ServerRequest request, boolean publicOnly) {
        AbsentOptions.refuseForRead(request);
        return downloads.find(RlsContextFilter.of(request), ObjectPaths.of(request), publicOnly);
    }

    private static Mono<ServerResponse> description(FoundObject found) {
        return ServerResponse.ok()
                .header(HttpHeaders.ETAG, found.object().etag())
                .bodyValue(ObjectInfo.of(found.object()));
    }

    private static Mono<ServerResponse> stored(StorageObject object, HttpStatus success) {
        return ServerResponse.status(success)
                .header(HttpHeaders.ETAG, object.etag())
                .bodyValue(ObjectJson.of(object));
    }

    private static HttpHeaders headers(ServerRequest request) {
        return request.headers().asHttpHeaders();
    }
}
