package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** A volume whose calls do not come back, as a hard mount of a server that is away: a token that is a pipe without a writer. */
class HangingVolumeTest {

    private static final Duration LONGEST = Duration.ofMillis(400);

    @TempDir
    private Path root = Path.of("");

    private Path token = Path.of("");

    @BeforeEach
    void aPipe() throws Exception {
        LocalStorageBackend.open(new LocalSettings(root, false, 0, 1, 10)).close();
        token = root.resolve(".aerodb-token");
        assertThat(new ProcessBuilder("mkfifo", token.toString()).start().waitFor())
                .isZero();
    }

    @AfterEach
    void release() throws IOException {
        if (Files.exists(token)) {
            answer();
        }
    }

    @Test
    void aCallThatHangsIsUnavailableAndTheOtherThreadsGoOn() {
        try (LocalStorageBackend backend = open(2)) {
            assertUnavailable(backend.token());

            StepVerifier.create(backend.stat(newKey()))
                    .expectError(BackendException.NotFound.class)
                    .verify(LIMIT);
        }
    }

    @Test
    void aVolumeWhoseThreadsAllHangIsUnavailableUntilItIsBack() throws IOException {
        try (LocalStorageBackend backend = open(1)) {
            BlobKey key = new VolumeDirectory(root).fixture(backend).stored(bytes(10, 1));
            assertUnavailable(backend.token());

            assertUnavailable(backend.stat(key));
            assertUnavailable(backend.delete(key));
            assertUnavailable(backend.list());
            assertUnavailable(backend.unfinished());

            answer();
            StepVerifier.create(backend.stat(key))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(LIMIT);
            StepVerifier.create(backend.list())
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void aSlowReaderOfAListingIsNotASlowVolume() {
        TestPublisher<Integer> volume = TestPublisher.create();
        StepVerifier.withVirtualTime(() -> new Patience(LONGEST).with(volume.flux()), 1)
                .then(() -> volume.next(1))
                .expectNext(1)
                .expectNoEvent(LONGEST.multipliedBy(10))
                .thenRequest(1)
                .expectNoEvent(LONGEST)
                .then(() -> volume.next(2))
                .expectNext(2)
                .thenRequest(1)
                .thenAwait(LONGEST.multipliedBy(2))
                .verifyError(BackendException.Unavailable.class);
    }

    @Test
    void aWalkThatFindsNothingForLongIsNotASlowVolume() {
        Patience patience = new Patience(LONGEST);
        StepVerifier.withVirtualTime(() -> patience.with(Flux.merge(
                        Flux.interval(LONGEST.dividedBy(2))
                                .doOnNext(step -> patience.sign())
                                .ignoreElements(),
                        Flux.never())))
                .expectSubscription()
                .expectNoEvent(LONGEST.multipliedBy(10))
                .thenCancel()
                .verify(LIMIT);
    }

    private LocalStorageBackend open(int threads) {
        return LocalStorageBackend.open(new LocalSettings(root, false, 0, threads, 10), LONGEST);
    }

    /** Whoever waits for the token waits no longer, and the next one finds none. */
    private void answer() throws IOException {
        Path pipe = Files.move(token, token.resolveSibling("pipe"));
        try (FileChannel both = FileChannel.open(pipe, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            both.write(ByteBuffer.wrap((UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII)));
        }
        Files.delete(pipe);
    }

    private static void assertUnavailable(Publisher<?> call) {
        StepVerifier.create(call)
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
    }
}
