package io.aerodb.storage.gateway.signing;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.LinkRepository;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.SignedLink;
import io.aerodb.storage.metadata.UploadLinkDecision;
import io.aerodb.storage.metadata.UploadLinkDecision.Refused;
import io.aerodb.storage.metadata.UploadLinkDecision.Signed;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Makes, lists and revokes links, on behalf of callers who showed a token: whoever calls has seen to that. One round trip each. */
final class Links {

    private final LinkRepository links;

    Links(LinkRepository links) {
        this.links = links;
    }

    Mono<Link> signDownload(RlsContext caller, ObjectPath path, LinkRequest wanted) {
        return PermissionChecker.given(
                        caller,
                        links.signDownload(caller, path.bucket(), path.path(), wanted.seconds(), wanted.maxUses()),
                        "select")
                .map(signed -> link(caller, signed, null));
    }

    /** Links to those of the paths that the caller may read, in no order. */
    Mono<List<Link>> signDownloads(RlsContext caller, String bucket, List<String> paths, LinkRequest wanted) {
        return PermissionChecker.given(
                        caller,
                        links.signDownloads(caller, bucket, paths, wanted.seconds(), wanted.maxUses()),
                        "select")
                .map(signed ->
                        signed.stream().map(one -> link(caller, one, null)).toList());
    }

    Mono<Link> signUpload(RlsContext caller, ObjectPath path, LinkRequest wanted, UploadTerms terms) {
        int uses = Objects.requireNonNull(wanted.maxUses());
        return links.signUpload(caller, path.bucket(), path.path(), wanted.seconds(), uses, terms.upsert())
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(caller, failure, "insert"))
                .map(decision -> signed(caller, decision))
                .map(signed -> link(caller, signed, terms));
    }

    Mono<List<SignedLink>> list(RlsContext caller, ObjectPath path, int limit, int offset) {
        return PermissionChecker.given(caller, links.list(caller, path.bucket(), path.path(), limit, offset), "select");
    }

    Mono<Void> revoke(RlsContext caller, UUID id) {
        return links.revoke(caller, id)
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(caller, failure, "update"))
                .flatMap(revoked -> revoked ? Mono.empty() : Mono.error(Links::unknown));
    }

    static StorageError unknown() {
        return ErrorCode.NO_SUCH_KEY.because("Link not found");
    }

    private static SignedLink signed(RlsContext caller, UploadLinkDecision decision) {
        if (decision instanceof Signed signed) {
            return signed.link();
        }
        Refused refused = (Refused) decision;
        throw switch (refused.reason()) {
            case NO_BUCKET -> ErrorCode.NO_SUCH_BUCKET.error();
            case EXISTS -> ErrorCode.KEY_ALREADY_EXISTS.error();
            case DENIED -> PermissionChecker.denied(caller, refused.operation());
            case PRECONDITION, SIZE, TYPE, REVOKED, USED -> throw new IllegalStateException(refused.toString());
        };
    }

    private static Link link(RlsContext caller, SignedLink signed, @Nullable UploadTerms terms) {
        return new Link(
                signed.id(),
                signed.bucket(),
                signed.bucketId(),
                signed.bucketCreatedAt(),
                signed.path(),
                signed.createdAt(),
                signed.expiresAt(),
                signed.ownerId(),
                caller.role().databaseName(),
                signed.maxUses(),
                terms);
    }
}
