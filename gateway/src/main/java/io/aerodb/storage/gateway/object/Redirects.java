package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.PresignedReads;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.ReadConditions;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.StorageObject;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * Large reads that clients make from the backend itself, where their bucket wishes it. Not those that only the gateway answers
 * right: with conditions, which the backend would compare with entity tags and dates of its own; with a digest; of what browsers run or
 * guess, which needs header fields that the backend does not send.
 */
final class Redirects {

    /** Longer addresses are not followed everywhere. */
    private static final int MOST_CHARACTERS = 8_000;

    private static final Duration LEAST_VALIDITY = Duration.ofSeconds(1);

    /** For which browsers look at the bytes, unless told not to: MIME Sniffing Standard, 7. */
    private static final Set<String> SNIFFED = Set.of("unknown/unknown", "application/unknown", "*/*");

    private final StorageBackends backends;
    private final BlobBody blobs;
    private final Duration validity;
    private final Clock clock;

    /** @param validity of an address; shorter where the right to read ends before */
    Redirects(StorageBackends backends, BlobBody blobs, Duration validity, Clock clock) {
        this.backends = backends;
        this.blobs = blobs;
        this.validity = validity;
        this.clock = clock;
    }

    /** Sends a GET that the gateway would answer with content to the backend; empty when the gateway has to answer it. */
    Mono<ServerResponse> answer(ServerRequest request, FoundObject found, ReadTerms terms) {
        return Mono.justOrEmpty(able(found))
                .filter(reads -> terms.repeatable() && isAnsweredAlike(request, found.object()))
                .flatMap(reads -> address(reads, request, found, terms))
                .filter(address -> address.toString().length() <= MOST_CHARACTERS)
                .flatMap(Redirects::to);
    }

    private Optional<PresignedReads> able(FoundObject found) {
        Long least = found.redirectReadsFrom();
        return least == null || found.object().size() < least
                ? Optional.empty()
                : Optional.ofNullable(backends.byName().get(found.object().backend()))
                        .flatMap(backend -> backend.ability(PresignedReads.class));
    }

    private Mono<URI> address(PresignedReads reads, ServerRequest request, FoundObject found, ReadTerms terms) {
        Duration life = terms.handedOn(validity, clock.instant());
        return life.compareTo(LEAST_VALIDITY) < 0
                ? Mono.empty()
                : blobs.present(found.object())
                        .then(Mono.defer(() -> reads.presign(key(found), fields(request, found), life)))
                        .onErrorMap(BackendException.class, BackendAnswers::named);
    }

    private static boolean isAnsweredAlike(ServerRequest request, StorageObject object) {
        HttpHeaders asked = request.headers().asHttpHeaders();
        return !ReadConditions.areStated(asked)
                && !ReprDigest.isWanted(asked)
                && (Attachment.wanted(request, object).isPresent() || isInert(object.contentType()));
    }

    private static boolean isInert(String contentType) {
        String essence = contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        return !ObjectHeaders.isActive(contentType) && !SNIFFED.contains(essence);
    }

    private static BlobKey key(FoundObject found) {
        return new BlobKey(found.object().blobKey());
    }

    private static PresignedReads.Answer fields(ServerRequest request, FoundObject found) {
        StorageObject object = found.object();
        return new PresignedReads.Answer(
                object.contentType(),
                Attachment.wanted(request, object).orElse(null),
                object.contentEncoding(),
                ObjectHeaders.cacheControl(found));
    }

    private static Mono<ServerResponse> to(URI address) {
        return ServerResponse.temporaryRedirect(address)
                .cacheControl(CacheControl.noStore())
                .build();
    }
}
