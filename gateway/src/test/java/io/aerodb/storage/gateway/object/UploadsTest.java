package io.aerodb.storage.gateway.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.backend.WriteHints;
import io.aerodb.storage.gateway.ForwardingBackend;
import io.aerodb.storage.gateway.cleanup.OpenWrites;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.ObjectPath;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.http.UploadHeaders;
import io.aerodb.storage.gateway.http.WriteCondition;
import io.aerodb.storage.gateway.observability.StorageMetrics;
import io.aerodb.storage.metadata.Answer;
import io.aerodb.storage.metadata.FoundObject;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import io.aerodb.storage.metadata.StorageObject;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** How an upload ends, at every stage at which it can: against a real database and a backend that can be held up. */
class UploadsTest {

    private static final RlsContext ALICE =
            new RlsContext("alice", Role.AUTHENTICATED, "{\"sub\":\"alice\",\"role\":\"authenticated\"}");
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Comparator<DataBuffer> BY_IDENTITY = (one, other) -> one == other ? 0 : 1;

    private static LiveMetadata metadata;

    @TempDir
    private static Path directory;

    private final TrackedBuffers buffers = new TrackedBuffers();
    private final MemoryStorageBackend stored = new MemoryStorageBackend();
    private final String bucket = "bucket-" + UUID.randomUUID();
    private Function<Mono<StoredBlob>, Mono<StoredBlob>> afterWrite = Function.identity();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<DataBuffer> given = new CopyOnWriteArrayList<>();
    private Consumer<String> admission = backend -> {};
    private final Uploads uploads = new Uploads(
            metadata.objects,
            metadata.ledger,
            new StorageBackends(Map.of("memory", new HeldUp()), "memory"),
            1_000_000,
            new OpenWrites(),
            StorageMetrics.of(1, meters).uploads(),
            backend -> admission.accept(backend));

    @BeforeAll
    static void open() {
        metadata = new LiveMetadata(directory.resolve("data"));
    }

    @AfterAll
    static void close() {
        metadata.close();
    }

    @BeforeEach
    void makeBucket() {
        metadata.bucket(ALICE, bucket, 1000L);
    }

    @AfterEach
    void nothingIsHeld() {
        buffers.assertAllReleased();
        await().atMost(LIMIT).until(() -> metadata.acquired() == 0 && uploads.open() == 0);
    }

    @Test
    void anUploadThatSucceedsEmitsTheObjectOnce() {
        StepVerifier.create(uploads.accept(upload(content("hello"))))
                .assertNext(object -> assertThat(object.size()).isEqualTo(5))
                .verifyComplete();
        assertThat(metadata.ledgerOf(bucket)).isEqualTo("live");
        assertThat(blobs()).isEqualTo(1);
        assertCounted("success", 5);
    }

    @Test
    void theBackendIsGivenTheVeryBuffersThatCame() {
        List<DataBuffer> sent = new CopyOnWriteArrayList<>();
        StepVerifier.create(uploads.accept(upload(content("hello").doOnNext(sent::add))))
                .expectNextCount(1)
                .verifyComplete();
        assertThat(given).hasSize(2).usingElementComparator(BY_IDENTITY).containsExactlyElementsOf(sent);
    }

    @Test
    void anEmptyBodyIsAnObjectOfZeroBytes() {
        StepVerifier.create(uploads.accept(upload(Flux.empty())))
                .assertNext(object -> assertThat(object.size()).isZero())
                .verifyComplete();
    }

    @Test
    void aBodyThatFailsLeavesNothing() {
        Flux<DataBuffer> failing =
                Flux.concat(content("hello"), Flux.error(new IllegalStateException("connection reset")));
        StepVerifier.create(uploads.accept(upload(failing))).verifyErrorMessage("connection reset");
        assertNothingIsLeft();
    }

    @Test
    void aBodyThatPassesTheLimitOfItsBucketIsRefusedWhileItComesAndLeavesNothing() {
        Flux<DataBuffer> tooLong = Flux.range(0, 100).concatMap(i -> content("0123456789abcdef"));
        StepVerifier.create(uploads.accept(upload(tooLong))).verifyErrorSatisfies(failure -> {
            is(ErrorCode.ENTITY_TOO_LARGE).accept(failure);
            assertThat(((StorageError) failure).details()).containsEntry("limit", 1000L);
        });
        assertNothingIsLeft();
        assertCounted("client_error", 1004);
    }

    @Test
    void aBodyThatIsAnnouncedTooLongIsNeverAskedFor() {
        Flux<DataBuffer> untouched = Flux.defer(() -> Flux.error(new AssertionError("subscribed")));
        UploadHeaders headers = headers(OptionalLong.of(1001), Map.of());
        StepVerifier.create(uploads.accept(upload(untouched, headers)))
                .verifyErrorSatisfies(is(ErrorCode.ENTITY_TOO_LARGE));
        assertThat(metadata.ledgerOf(bucket)).isEmpty();
    }

    @Test
    void aBodyForABackendThatTakesNoUploadsIsNeverAskedFor() {
        admission = backend -> {
            throw ErrorCode.SERVICE_UNAVAILABLE.because("no uploads to " + backend);
        };
        Flux<DataBuffer> untouched = Flux.defer(() -> Flux.error(new AssertionError("subscribed")));
        StepVerifier.create(uploads.accept(upload(untouched))).verifyErrorSatisfies(failure -> {
            is(ErrorCode.SERVICE_UNAVAILABLE).accept(failure);
            assertThat(failure).hasMessage("no uploads to memory");
        });
        assertNothingIsLeft();
    }

    @Test
    void bytesThatCameUntilItTookNoMoreAreNotAcknowledgedAndLeaveNothing() {
        AtomicInteger looks = new AtomicInteger();
        admission = backend -> {
            if (looks.incrementAndGet() > 1) {
                throw ErrorCode.SERVICE_UNAVAILABLE.error();
            }
        };
        StepVerifier.create(uploads.accept(upload(content("hello"))))
                .verifyErrorSatisfies(is(ErrorCode.SERVICE_UNAVAILABLE));
        assertNothingIsLeft();
    }

    @Test
    void aDigestThatDoesNotMatchLeavesNothing() {
        UploadHeaders headers = headers(OptionalLong.empty(), Map.of(Digest.SHA_256, "00".repeat(32)));
        StepVerifier.create(uploads.accept(upload(content("hello"), headers)))
                .verifyErrorSatisfies(is(ErrorCode.BAD_DIGEST));
        assertNothingIsLeft();
    }

    @Test
    void headersThatAreRefusedWhenTheBodyHasEndedLeaveNothing() {
        Upload good = upload(content("hello"));
        Upload refused = new Upload(
                good.caller(),
                good.path(),
                good.headers(),
                good.condition(),
                null,
                good.leastSize(),
                good.body(),
                () -> {
                    throw ErrorCode.INVALID_METADATA.error();
                });
        StepVerifier.create(uploads.accept(refused)).verifyErrorSatisfies(is(ErrorCode.INVALID_METADATA));
        assertNothingIsLeft();
    }

    @Test
    void aBackendThatIsFullAnswersInsufficientStorageAndLeavesNothing() {
        afterWrite = write -> write.then(Mono.error(() -> new BackendException.InsufficientStorage("full", null)));
        StepVerifier.create(uploads.accept(upload(content("hello"))))
                .verifyErrorSatisfies(is(ErrorCode.INSUFFICIENT_STORAGE));
        assertNothingIsLeft();
        assertCounted("server_error", 5);
    }

    @Test
    void aClientThatLeavesDuringBeginLeavesNothing() throws Exception {
        metadata.whileLocked("storage.blobs", () -> leaveWhenWaiting(upload(content("hello"))));
        assertNothingIsLeft();
        assertThat(buffers.made()).isZero();
    }

    @Test
    void aClientThatLeavesWhileItsBytesComeLeavesNothing() {
        Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
        Disposable client = uploads.accept(upload(body.asFlux())).subscribe();
        await().atMost(LIMIT).until(() -> body.currentSubscriberCount() == 1);
        body.tryEmitNext(buffers.copy(bytes("hello"), 0, 5)).orThrow();
        client.dispose();
        assertNothingIsLeft();
        assertCounted("aborted", 5);
    }

    @Test
    void aFailureThatNobodyHearsAnyMoreIsNoDefectToLog() throws Exception {
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
        try {
            Disposable client = uploads.accept(upload(body.asFlux())).subscribe();
            await().atMost(LIMIT).until(() -> body.currentSubscriberCount() == 1);
            metadata.whileLocked("storage.blobs", () -> {
                body.tryEmitError(new IllegalStateException("connection reset"));
                await().atMost(LIMIT).until(() -> metadata.waiting() == 1);
                client.dispose();
                return client;
            });
            await().atMost(LIMIT).until(() -> uploads.open() == 0);
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(dropped).isEmpty();
    }

    @Test
    void aClientThatLeavesWhenItsBytesAreStoredButNotCommittedLeavesNothing() {
        Sinks.One<StoredBlob> held = Sinks.one();
        afterWrite = write -> write.flatMap(blob -> held.asMono());
        Disposable client = uploads.accept(upload(content("hello"))).subscribe();
        await().atMost(LIMIT).until(() -> held.currentSubscriberCount() == 1);
        client.dispose();
        assertNothingIsLeft();
    }

    @Test
    void aClientThatLeavesDuringCommitHasUploadedItsObject() throws Exception {
        whileCommitWaits(upload(content("hello")), Disposable::dispose);
        await().atMost(LIMIT).until(() -> metadata.ledgerOf(bucket).equals("live"));
        assertThat(lookup()).isInstanceOf(Answer.Given.class);
        assertThat(blobs()).isEqualTo(1);
        assertCounted("success", 5);
    }

    @Test
    void aCommitThatIsRefusedLeavesNothing() {
        afterWrite = write -> write.doOnNext(blob -> drop());
        StepVerifier.create(uploads.accept(upload(content("hello"))))
                .verifyErrorSatisfies(is(ErrorCode.NO_SUCH_BUCKET));
        assertNothingIsLeft();
    }

    @Test
    void aBlobThatWasSweptBeforeItsCommitIsAnsweredByTryAgainAndLeavesNothingVisible() {
        afterWrite = write ->
                write.delayUntil(blob -> metadata.ledger.abandon(blob.key().value()));
        StepVerifier.create(uploads.accept(upload(content("hello"))))
                .verifyErrorSatisfies(is(ErrorCode.SERVICE_UNAVAILABLE));
        assertThat(lookup()).isInstanceOf(Answer.NotGiven.class);
        assertThat(metadata.ledgerOf(bucket)).isEqualTo("garbage");
    }

    @Test
    void aCommitWhoseAnswerIsLostKeepsBytesAndLedgerAndIsAnsweredByTryAgain() throws Exception {
        Mono<StorageObject> outcome = whileCommitWaits(upload(content("hello")), client -> {
            metadata.terminateWaiting();
            await().atMost(LIMIT).until(client::isDisposed);
        });
        StepVerifier.create(outcome).verifyErrorSatisfies(is(ErrorCode.SERVICE_UNAVAILABLE));
        assertThat(metadata.ledgerOf(bucket)).isEqualTo("writing");
        assertThat(blobs()).isEqualTo(1);
    }

    @Test
    void aCompensationThatTheDatabaseFailsIsTriedAgain() throws Exception {
        Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
        Disposable client = uploads.accept(upload(body.asFlux())).subscribe();
        await().atMost(LIMIT).until(() -> body.currentSubscriberCount() == 1);
        metadata.whileLocked("storage.blobs", () -> {
            client.dispose();
            await().atMost(LIMIT).until(() -> metadata.waiting() == 1);
            metadata.terminateWaiting();
            return client;
        });
        assertNothingIsLeft();
    }

    @Test
    void aRefusalDoesNotWaitForADatabaseThatHoldsUpTheCompensation() throws Exception {
        Sinks.Many<DataBuffer> body = Sinks.many().unicast().onBackpressureBuffer();
        Sinks.Empty<Object> answered = Sinks.empty();
        uploads.accept(upload(body.asFlux())).subscribe(object -> {}, answered::tryEmitError);
        await().atMost(LIMIT).until(() -> body.currentSubscriberCount() == 1);
        metadata.whileLocked("storage.blobs", () -> {
            body.tryEmitError(new IllegalStateException("connection reset"));
            StepVerifier.create(answered.asMono())
                    .expectErrorMessage("connection reset")
                    .verify(LIMIT);
            assertThat(uploads.open()).isEqualTo(1);
            return null;
        });
        assertNothingIsLeft();
    }

    @Test
    void aSlowBodyIsTakenAsItComes() {
        Flux<DataBuffer> slow = Flux.interval(Duration.ofMillis(50)).take(5).concatMap(i -> content("x"));
        StepVerifier.create(uploads.accept(upload(slow)))
                .assertNext(object -> assertThat(object.size()).isEqualTo(5))
                .verifyComplete();
    }

    private Disposable leaveWhenWaiting(Upload upload) {
        Disposable client = uploads.accept(upload).subscribe();
        await().atMost(LIMIT).until(() -> metadata.waiting() == 1);
        client.dispose();
        return client;
    }

    /** Does something to a client whose bytes are stored and whose commit waits for a lock; then lets the commit go on. */
    private Mono<StorageObject> whileCommitWaits(Upload upload, Consumer<Disposable> work) throws Exception {
        Sinks.One<StoredBlob> beforeCommit = Sinks.one();
        afterWrite = write -> write.flatMap(blob -> beforeCommit.asMono().thenReturn(blob));
        Mono<StorageObject> outcome = uploads.accept(upload);
        Sinks.One<StorageObject> seen = Sinks.one();
        Disposable client = outcome.subscribe(seen::tryEmitValue, seen::tryEmitError);
        await().atMost(LIMIT).until(() -> beforeCommit.currentSubscriberCount() == 1);
        metadata.whileLocked("storage.objects", () -> {
            beforeCommit.tryEmitEmpty();
            await().atMost(LIMIT).until(() -> metadata.waiting() == 1);
            work.accept(client);
            return client;
        });
        return seen.asMono();
    }

    private void drop() {
        metadata.value(
                "WITH gone AS (DELETE FROM storage.buckets WHERE id = '%s' RETURNING 1) SELECT count(*) FROM gone"
                        .formatted(bucket));
    }

    private void assertNothingIsLeft() {
        await().atMost(LIMIT).until(() -> metadata.ledgerOf(bucket).isEmpty() && blobs() == 0);
        assertThat(lookup()).isInstanceOf(Answer.NotGiven.class);
    }

    /** One upload has ended, and no other way. */
    private void assertCounted(String status, long bytes) {
        await().atMost(LIMIT).until(() -> uploads.open() == 0);
        assertThat(meters.find("storage.upload").counters())
                .filteredOn(counter -> counter.count() > 0)
                .singleElement()
                .satisfies(counter -> assertThat(counter.count()).isEqualTo(1))
                .satisfies(
                        counter -> assertThat(counter.getId().getTag("status")).isEqualTo(status))
                .satisfies(
                        counter -> assertThat(counter.getId().getTag("bucket")).isEqualTo(bucket));
        assertThat(meters.get("storage.upload.bytes")
                        .tag("bucket", bucket)
                        .counter()
                        .count())
                .isEqualTo(bytes);
    }

    private Answer<FoundObject> lookup() {
        return metadata.objects.find(ALICE, bucket, "path", false).block();
    }

    private long blobs() {
        return stored.list().count().block();
    }

    private Upload upload(Flux<DataBuffer> body) {
        return upload(body, headers(OptionalLong.empty(), Map.of()));
    }

    private Upload upload(Flux<DataBuffer> body, UploadHeaders headers) {
        return new Upload(ALICE, new ObjectPath(bucket, "path"), headers, new WriteCondition.Overwrite(false), body);
    }

    private static UploadHeaders headers(OptionalLong length, Map<Digest, String> digests) {
        return new UploadHeaders(length, "text/plain", null, null, null, digests);
    }

    private Flux<DataBuffer> content(String text) {
        return buffers.content(bytes(text), 4);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Consumer<Throwable> is(ErrorCode code) {
        return failure -> assertThat(((StorageError) failure).code()).isEqualTo(code);
    }

    /** The memory backend with a place to stop at between the last byte and the answer. */
    private final class HeldUp extends ForwardingBackend {

        HeldUp() {
            super(stored);
        }

        @Override
        public Mono<StoredBlob> write(BlobKey key, Flux<DataBuffer> content, WriteHints hints) {
            return Mono.defer(() -> afterWrite.apply(super.write(key, content.doOnNext(given::add), hints)));
        }
    }
}
