package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.LinkToken;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.ReadConditions;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.gateway.signing.Link;
import io.aerodb.storage.gateway.signing.SignedUrls;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.LinkRepository;
import io.aerodb.storage.metadata.LinkedObject;
import io.aerodb.storage.metadata.LinkedObject.Found;
import io.aerodb.storage.metadata.LinkedObject.NotFound;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.RlsContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Downloads by signed URL. The link decides, not who follows it. Where uses are counted a GET is one when the object is found
 * and its conditions hold: one round trip, or two for a GET with conditions, which must be known to hold before it counts.
 */
final class LinkHandler {

    private final SignedUrls urls;
    private final LinkRepository links;
    private final Reads reads;

    LinkHandler(SignedUrls urls, LinkRepository links, Reads reads) {
        this.urls = urls;
        this.links = links;
        this.reads = reads;
    }

    /** At an object's own address. */
    Mono<ServerResponse> download(ServerRequest request, String token) {
        return Mono.defer(() -> opened(request, token));
    }

    /** At the address that Supabase clients use, where a token that is none is 400. */
    Mono<ServerResponse> downloadSigned(ServerRequest request) {
        return Mono.defer(() -> opened(request, required(request)))
                .onErrorMap(StorageError.class, LinkHandler::forSupabase);
    }

    static String required(ServerRequest request) {
        return LinkToken.of(request.exchange().getRequest())
                .orElseThrow(() -> ErrorCode.INVALID_REQUEST.because("token", "is required"));
    }

    /** It works on the rights of who signed it. */
    static Facts note(ServerRequest request, Link link) {
        return Facts.of(request).caller(link.owner(), link.role(), false).note(LogField.LINK_ID, link.id());
    }

    static StorageError forSupabase(StorageError refusal) {
        return refusal.code() == ErrorCode.INVALID_SIGNATURE ? ErrorCode.INVALID_LINK.error() : refusal;
    }

    private Mono<ServerResponse> opened(ServerRequest request, String token) {
        AbsentOptions.refuseForRead(request);
        ObjectPath path = ObjectPaths.of(request);
        Link link = urls.download(token, path, request.queryParam("expires"));
        note(request, link);
        LinkHeaders.write(link, request.exchange().getResponse());
        return reads.answer(request, find(request, link, path), new ReadTerms(!link.counted(), link.expiresAt()));
    }

    private Mono<FoundObject> find(ServerRequest request, Link link, ObjectPath path) {
        boolean use = link.counted() && request.method() == HttpMethod.GET;
        boolean conditional = ReadConditions.areStated(request.headers().asHttpHeaders());
        Mono<FoundObject> found = find(link, path, use && !conditional);
        return use && conditional
                ? found.flatMap(known -> holds(request, known) ? find(link, path, true) : Mono.just(known))
                : found;
    }

    private Mono<FoundObject> find(Link link, ObjectPath path, boolean spend) {
        return links.find(link.use(), path.path(), spend)
                .onErrorMap(
                        MetadataException.class,
                        failure -> PermissionChecker.failed(RlsContext.ANONYMOUS, failure, "select"))
                .map(LinkHandler::object);
    }

    private static boolean holds(ServerRequest request, FoundObject found) {
        return ReadConditions.of(
                        request.headers().asHttpHeaders(),
                        found.object().etag(),
                        found.object().updatedAt())
                == ReadConditions.HOLD;
    }

    private static FoundObject object(LinkedObject answer) {
        if (answer instanceof Found found) {
            return found.object();
        }
        throw switch (((NotFound) answer).reason()) {
            case MISSING -> ErrorCode.NO_SUCH_KEY.error();
            case NO_BUCKET -> ErrorCode.NO_SUCH_BUCKET.error();
            case REVOKED -> LinkAnswers.revoked();
            case USED -> LinkAnswers.used();
        };
    }
}
