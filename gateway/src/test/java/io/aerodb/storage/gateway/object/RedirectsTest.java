package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.BlobStat;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.PresignedReads;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.BucketPolicy;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.StorageObject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Which reads are sent to a backend that can be read directly, and with what. */
class RedirectsTest {

    private static final Instant NOW = Instant.parse("2026-01-15T09:30:00.5Z");
    private static final Duration VALIDITY = Duration.ofSeconds(60);

    private final Direct direct = new Direct();
    private final StorageBackends backends =
            new StorageBackends(Map.of("direct", direct, "plain", new MemoryStorageBackend()), "direct");
    private final CorruptReads corruptions = new CorruptReads(new BlobLedger(null), new SimpleMeterRegistry());
    private final BlobBody blobs = new BlobBody(backends, corruptions);
    private final Redirects redirects = new Redirects(backends, blobs, VALIDITY, Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void anObjectOfTheSizeThatItsBucketNamesIsReadFromTheBackend() {
        ServerResponse answer = answer(get(), found(100L)).orElseThrow();

        assertThat(answer.statusCode()).isEqualTo(HttpStatus.TEMPORARY_REDIRECT);
        assertThat(answer.headers().getLocation()).isEqualTo(direct.address);
        assertThat(answer.headers().getCacheControl()).isEqualTo("no-store");
        assertThat(direct.validity).isEqualTo(VALIDITY);
    }

    @Test
    void smallerOnesBucketsThatDoNotSayAndBackendsThatCanNotAreAnsweredHere() {
        assertThat(answer(get(), found(101L))).isEmpty();
        assertThat(answer(get(), found(null))).isEmpty();
        assertThat(answer(get(), found(object("plain", "image/png", 100), 0L))).isEmpty();
        assertThat(answer(get(), found(object("unheard-of", "image/png", 100), 0L)))
                .isEmpty();
    }

    @Test
    void theBackendSendsTheFieldsThatTheGatewayWouldHaveSent() {
        answer(MockServerHttpRequest.get("/object?download={name}", "n\u00e4me"), found(0L));

        assertThat(direct.answer)
                .isEqualTo(new PresignedReads.Answer(
                        "image/png",
                        "attachment; filename=\"n_me\"; filename*=UTF-8''n%C3%A4me",
                        "gzip",
                        "private, max-age=60"));
    }

    @Test
    void conditionsAndDigestsAreAnsweredHere() {
        for (String field : List.of(
                HttpHeaders.IF_MATCH,
                HttpHeaders.IF_NONE_MATCH,
                HttpHeaders.IF_MODIFIED_SINCE,
                HttpHeaders.IF_UNMODIFIED_SINCE)) {
            assertThat(answer(get().header(field, "*"), found(0L))).as(field).isEmpty();
        }
        assertThat(answer(get().header("Want-Repr-Digest", "sha-256=10"), found(0L)))
                .isEmpty();
    }

    @Test
    void whatABrowserRunsOrGuessesGoesPastTheGatewayOnlyToBeSaved() {
        for (String type : List.of("text/html", "image/svg+xml; charset=utf-8", "application/pdf", "Unknown/Unknown")) {
            FoundObject found = found(object("direct", type, 100), 0L);

            assertThat(answer(get(), found)).as(type).isEmpty();
            assertThat(answer(MockServerHttpRequest.get("/object?download"), found))
                    .as(type)
                    .isPresent();
        }
    }

    @Test
    void anAddressLivesNoLongerThanTheLinkThatLedToIt() {
        assertThat(answer(get(), found(0L), new ReadTerms(true, NOW.plusSeconds(5))))
                .isPresent();
        assertThat(direct.validity).isEqualTo(Duration.ofSeconds(5));

        assertThat(answer(get(), found(0L), new ReadTerms(true, NOW.plusMillis(999))))
                .as("nothing is valid for less than a second")
                .isEmpty();
        assertThat(answer(get(), found(0L), new ReadTerms(true, NOW.plusSeconds(3600))))
                .isPresent();
        assertThat(direct.validity).isEqualTo(VALIDITY);
    }

    @Test
    void aCountedLinkIsAnsweredHere() {
        assertThat(answer(get(), found(0L), new ReadTerms(false, NOW.plusSeconds(3600))))
                .isEmpty();
    }

    @Test
    void aReadThatIsToBeVerifiedIsAnsweredHere() {
        ServerRequest request = ServerRequest.create(MockServerWebExchange.from(get()), List.of());

        assertThat(new Representations(blobs, redirects, 1)
                        .answer(request, found(0L), ReadTerms.OPEN)
                        .map(ServerResponse::statusCode)
                        .block(Duration.ofSeconds(10)))
                .isEqualTo(HttpStatus.OK);
        assertThat(new Representations(blobs, redirects, 0)
                        .answer(request, found(0L), ReadTerms.OPEN)
                        .map(ServerResponse::statusCode)
                        .block(Duration.ofSeconds(10)))
                .isEqualTo(HttpStatus.TEMPORARY_REDIRECT);
    }

    @Test
    void anAddressThatIsTooLongIsNotHandedOut() {
        direct.address = URI.create("https://s3.example.com/" + "x".repeat(8_000));

        assertThat(answer(get(), found(0L))).isEmpty();
    }

    @Test
    void aBlobThatTheBackendCanNotSayAnythingOfIsAnErrorAndNoRedirect() {
        direct.failure = new BackendException.Unavailable("down", null);

        assertThatThrownBy(() -> answer(get(), found(0L)))
                .isInstanceOfSatisfying(
                        StorageError.class,
                        error -> assertThat(error.code().status().value()).isEqualTo(503));
    }

    private Optional<ServerResponse> answer(MockServerHttpRequest.BaseBuilder<?> request, FoundObject found) {
        return answer(request, found, ReadTerms.OPEN);
    }

    private Optional<ServerResponse> answer(
            MockServerHttpRequest.BaseBuilder<?> request, FoundObject found, ReadTerms terms) {
        ServerRequest asked = ServerRequest.create(MockServerWebExchange.from(request), List.of());
        return redirects.answer(asked, found, terms).blockOptional(Duration.ofSeconds(10));
    }

    private static MockServerHttpRequest.BaseBuilder<?> get() {
        return MockServerHttpRequest.get("/object");
    }

    private static FoundObject found(Long redirectReadsFrom) {
        return found(object("direct", "image/png", 100), redirectReadsFrom);
    }

    private static FoundObject found(StorageObject object, Long redirectReadsFrom) {
        return new FoundObject(object, BucketPolicy.PRIVATE, redirectReadsFrom, false);
    }

    private static StorageObject object(String backend, String type, long size) {
        UUID id = UUID.randomUUID();
        return new StorageObject(
                id,
                "bucket",
                "bucket",
                "a/file.png",
                "alice",
                id,
                "\"" + id + "\"",
                "bucket/00/" + id + "~file.png",
                backend,
                size,
                "00".repeat(32),
                type,
                "max-age=60",
                "gzip",
                null,
                NOW,
                NOW,
                NOW);
    }

    /** A backend that has every blob, of 100 bytes, and remembers the link it was asked for last. */
    private static final class Direct extends ForwardingBackend implements PresignedReads {

        private URI address = URI.create("https://s3.example.com/blob?X-Amz-Signature=secret");
        private RuntimeException failure;
        private Answer answer;
        private Duration validity;

        Direct() {
            super(new MemoryStorageBackend());
        }

        @Override
        public Mono<URI> presign(BlobKey key, Answer fields, Duration life) {
            answer = fields;
            validity = life;
            return Mono.just(address);
        }

        @Override
        public Mono<BlobStat> stat(BlobKey key) {
            return failure == null ? Mono.just(new BlobStat(key, 100, NOW)) : Mono.error(failure);
        }
    }
}
