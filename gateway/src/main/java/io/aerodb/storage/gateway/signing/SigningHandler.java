package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.signing.LinkJson.BulkDownload;
import io.aerodb.storage.gateway.signing.LinkJson.Download;
import io.aerodb.storage.gateway.wiring.SigningSettings;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** HTTP to {@link Links} and back. */
final class SigningHandler {

    private static final int MAX_PATHS = 1000;
    private static final int MAX_LISTED = 1000;

    private final Links links;
    private final SignedUrls urls;
    private final LinkAddresses addresses;
    private final Bodies bodies;
    private final SigningSettings settings;

    SigningHandler(Links links, SignedUrls urls, LinkAddresses addresses, Bodies bodies, SigningSettings settings) {
        this.links = links;
        this.urls = urls;
        this.addresses = addresses;
        this.bodies = bodies;
        this.settings = settings;
    }

    Mono<ServerResponse> signDownload(ServerRequest request) {
        return bodies.json(request)
                .map(fields -> LinkRequest.ofDownload(request, fields, settings))
                .flatMap(wanted -> links.signDownload(RlsContextFilter.of(request), ObjectPaths.of(request), wanted))
                .map(this::download)
                .flatMap(link -> ServerResponse.ok().bodyValue(link));
    }

    Mono<ServerResponse> signDownloads(ServerRequest request) {
        return bodies.json(request)
                .flatMap(fields -> signDownloads(request, fields))
                .flatMap(signed -> ServerResponse.ok().bodyValue(signed));
    }

    Mono<ServerResponse> signUpload(ServerRequest request) {
        return bodies.json(request)
                .flatMap(fields -> links.signUpload(
                        RlsContextFilter.of(request),
                        ObjectPaths.of(request),
                        LinkRequest.ofUpload(request, fields, settings),
                        LinkRequest.terms(fields, upsert(request))))
                .map(this::upload)
                .flatMap(link -> ServerResponse.ok().bodyValue(link));
    }

    Mono<ServerResponse> list(ServerRequest request) {
        int limit = QueryNumbers.of(request, "limit", MAX_LISTED, 1, MAX_LISTED);
        int offset = QueryNumbers.of(request, "offset", 0, 0, Integer.MAX_VALUE);
        return links.list(RlsContextFilter.of(request), ObjectPaths.of(request), limit, offset)
                .map(found -> found.stream().map(LinkJson.Listed::of).toList())
                .flatMap(found -> ServerResponse.ok().bodyValue(found));
    }

    Mono<ServerResponse> revoke(ServerRequest request) {
        return links.revoke(RlsContextFilter.of(request), id(request.pathVariable("token_id")))
                .then(Mono.defer(() -> ServerResponse.noContent().build()));
    }

    /** A thousand signatures are some milliseconds of work, too many for an event loop. */
    private Mono<List<BulkDownload>> signDownloads(ServerRequest request, JsonFields fields) {
        List<String> paths = fields.texts("paths", MAX_PATHS).orElseThrow(() -> refused("paths", "is required"));
        return links.signDownloads(
                        RlsContextFilter.of(request),
                        ObjectPaths.bucketOf(request),
                        paths.stream().map(SigningHandler::normalized).toList(),
                        LinkRequest.ofDownload(request, fields, settings))
                .publishOn(Schedulers.parallel())
                .map(signed -> answers(paths, signed));
    }

    private List<BulkDownload> answers(List<String> paths, List<Link> signed) {
        Map<String, Download> byPath = signed.stream().collect(Collectors.toMap(Link::path, this::download));
        return paths.stream()
                .map(path -> BulkDownload.of(path, byPath.get(normalized(path))))
                .toList();
    }

    private static String normalized(String path) {
        return ObjectPaths.checked("paths", path);
    }

    private Download download(Link link) {
        String token = urls.token(link);
        return new Download(
                addresses.download(link, token),
                link.expiresAt().toString(),
                LinkAddresses.unencodedDownload(link, token),
                link.id().toString());
    }

    private LinkJson.Upload upload(Link link) {
        String token = urls.token(link);
        return new LinkJson.Upload(
                LinkAddresses.upload(link, token),
                token,
                link.path(),
                link.expiresAt().toString(),
                link.id().toString());
    }

    private static boolean upsert(ServerRequest request) {
        return WriteCondition.of(request.headers().asHttpHeaders()) instanceof WriteCondition.Overwrite overwrite
                && overwrite.explicitUpsert();
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException none) {
            throw Links.unknown();
        }
    }

    private static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }
}
