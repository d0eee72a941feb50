package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.gateway.signing.LinkJson.BulkDownload;
import io.aerodb.storage.gateway.signing.LinkJson.Download;
import io.aerodb.storage.gateway.wiring.SigningSettings;
import io.aerodb.storage.metadata.RlsContext;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** HTTP to {@link Links} and back. Who showed no token of his own is refused before the body is read. */
final class SigningHandler {

    private static final int MAX_PATHS = 1000;
    private static final int MAX_LISTED = 1000;
    private static final int ANSWERS_AHEAD = 16;

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
        return body(request, "select")
                .map(fields -> noted(request, LinkRequest.ofDownload(request, fields, settings)))
                .flatMap(wanted -> links.signDownload(RlsContextFilter.of(request), ObjectPaths.of(request), wanted))
                .doOnNext(link -> Facts.of(request).note(LogField.LINK_ID, link.id()))
                .map(this::download)
                .flatMap(link -> ServerResponse.ok().bodyValue(link));
    }

    Mono<ServerResponse> signDownloads(ServerRequest request) {
        return body(request, "select")
                .flatMap(fields -> signDownloads(request, fields))
                .flatMap(SigningHandler::streamed);
    }

    Mono<ServerResponse> signUpload(ServerRequest request) {
        return body(request, "insert")
                .flatMap(fields -> links.signUpload(
                        RlsContextFilter.of(request),
                        ObjectPaths.of(request),
                        noted(request, LinkRequest.ofUpload(request, fields, settings)),
                        LinkRequest.terms(fields, upsert(request))))
                .doOnNext(link -> Facts.of(request).note(LogField.LINK_ID, link.id()))
                .map(this::upload)
                .flatMap(link -> ServerResponse.ok().bodyValue(link));
    }

    Mono<ServerResponse> list(ServerRequest request) {
        int limit = QueryNumbers.of(request, "limit", MAX_LISTED, 1, MAX_LISTED);
        int offset = QueryNumbers.of(request, "offset", 0, 0, Integer.MAX_VALUE);
        return authenticated(request, "select")
                .flatMap(caller -> links.list(caller, ObjectPaths.of(request), limit, offset))
                .map(found -> found.stream().map(LinkJson.Listed::of).toList())
                .flatMap(found -> ServerResponse.ok().bodyValue(found));
    }

    Mono<ServerResponse> revoke(ServerRequest request) {
        return authenticated(request, "update")
                .flatMap(caller -> links.revoke(caller, id(request)))
                .then(Mono.defer(() -> ServerResponse.noContent().build()));
    }

    private Mono<JsonFields> body(ServerRequest request, String right) {
        return authenticated(request, right).flatMap(caller -> bodies.json(request));
    }

    /** Whoever calls, when he showed a token of his own. */
    private static Mono<RlsContext> authenticated(ServerRequest request, String right) {
        RlsContext caller = RlsContextFilter.of(request);
        return caller.authenticated() ? Mono.just(caller) : Mono.error(() -> PermissionChecker.denied(caller, right));
    }

    private Mono<Flux<BulkDownload>> signDownloads(ServerRequest request, JsonFields fields) {
        List<String> paths = fields.texts("paths", MAX_PATHS).orElseThrow(() -> refused("paths", "is required"));
        List<String> names =
                paths.stream().map(path -> ObjectPaths.checked("paths", path)).toList();
        Facts.of(request).paths(names);
        return links.signDownloads(
                        RlsContextFilter.of(request),
                        ObjectPaths.bucketOf(request),
                        names,
                        noted(request, LinkRequest.ofDownload(request, fields, settings)))
                .doOnNext(signed -> Facts.of(request).note(LogField.COUNT, signed.size()))
                .map(signed -> answers(paths, names, signed));
    }

    /** Each is made when it is asked for; a signature is work, too much of it for an event loop. */
    private Flux<BulkDownload> answers(List<String> paths, List<String> names, List<Link> signed) {
        Map<String, Link> byPath = signed.stream().collect(Collectors.toMap(Link::path, Function.identity()));
        return Flux.range(0, paths.size())
                .publishOn(Schedulers.parallel(), ANSWERS_AHEAD)
                .map(i -> answer(paths.get(i), byPath.get(names.get(i))));
    }

    private BulkDownload answer(String path, @Nullable Link link) {
        return BulkDownload.of(path, link == null ? null : download(link));
    }

    private static Mono<ServerResponse> streamed(Flux<BulkDownload> signed) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).body(signed, BulkDownload.class);
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

    private static LinkRequest noted(ServerRequest request, LinkRequest wanted) {
        Facts.of(request).note(LogField.LINK_VALID_S, wanted.seconds()).note(LogField.LINK_MAX_USES, wanted.maxUses());
        return wanted;
    }

    private static UUID id(ServerRequest request) {
        try {
            UUID id = UUID.fromString(request.pathVariable("token_id"));
            Facts.of(request).note(LogField.LINK_ID, id);
            return id;
        } catch (IllegalArgumentException none) {
            throw Links.unknown();
        }
    }

    private static StorageError refused(String field, String reason) {
        return ErrorCode.INVALID_REQUEST.because(field, reason);
    }
}
