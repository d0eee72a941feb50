package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ByteRange;
import io.netty.buffer.ByteBufAllocator;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** A volume whose calls do not come back, as a hard mount of a server that is away: what is written waits for the disk. */
class HangingVolumeTest {

    private static final Duration LONGEST = Duration.ofMillis(400);

    @TempDir
    private Path root = Path.of("");

    private final SlowDisk disk = new SlowDisk();

    @AfterEach
    void release() {
        disk.answer();
    }

    @Test
    void aCallThatHangsIsUnavailableAndTheOtherThreadsGoOn() {
        try (LocalStorageBackend backend = open(2)) {
            disk.hang();
            assertUnavailable(backend.own(UUID.randomUUID()));

            StepVerifier.create(backend.stat(newKey()))
                    .expectError(BackendException.NotFound.class)
                    .verify(LIMIT);
        }
    }

    @Test
    void aVolumeWhoseThreadsAllHangIsUnavailableUntilItIsBack() {
        try (LocalStorageBackend backend = open(1)) {
            BackendFixture fixture = new VolumeDirectory(root).fixture(backend);
            BlobKey key = fixture.stored(bytes(10, 1));
            disk.hang();
            assertUnavailable(backend.own(UUID.randomUUID()));

            assertUnavailable(backend.stat(key));
            assertUnavailable(backend.delete(key));
            assertUnavailable(backend.list());
            assertUnavailable(backend.unfinished());
            assertUnavailable(backend.read(key, ByteRange.whole(10)).bytes());
            assertUnavailable(backend.readAtOnce(key, 10, ByteRange.whole(10)));
            assertUnavailable(fixture.write(newKey(), fixture.content(bytes(10, 2))));

            disk.answer();
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
    void aWriteThatHangsIsUnavailableAndTakenBackWhenTheVolumeIsBack() {
        VolumeDirectory volume = new VolumeDirectory(root);
        try (LocalStorageBackend backend = open(1)) {
            BackendFixture fixture = volume.fixture(backend);
            disk.hang();

            assertUnavailable(fixture.write(newKey(), fixture.content(bytes(10, 1))));

            assertThat(volume.stagingFiles()).hasSize(1);
            disk.answer();
            BackendFixture.eventually("taken back")
                    .until(() -> volume.stagingFiles().isEmpty());
            assertThat(fixture.listed()).isEmpty();
        }
    }

    @Test
    void aWriteThatWaitsForItsContentIsNotASlowVolume() {
        try (LocalStorageBackend backend = open(1)) {
            BackendFixture fixture = new VolumeDirectory(root).fixture(backend);
            Flux<DataBuffer> slow = fixture.content(bytes(10, 1))
                    .concatWith(Mono.delay(LONGEST.multipliedBy(3)).then(Mono.empty()));

            StepVerifier.create(fixture.write(newKey(), slow))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void manyBytesOnTheirWayToTheDiskHaveMoreTime() {
        Patience patience = new Patience(Duration.ofSeconds(30));

        patience.sign(700_000_000);

        assertThat(Stream.generate(() -> patience.isOver(true)).limit(7))
                .as("every 15 seconds: 30, and 60 for 600 MB")
                .containsExactly(false, false, false, false, false, false, true);
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
        volume.assertCancelled();
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
        return LocalStorageBackend.open(
                new LocalSettings(root, false, 0, threads, 10, LONGEST), disk, ByteBufAllocator.DEFAULT);
    }

    private static void assertUnavailable(Publisher<?> call) {
        StepVerifier.create(call)
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
    }

    private static final class SlowDisk implements Sync {

        private volatile CountDownLatch answer = new CountDownLatch(0);

        void hang() {
            answer = new CountDownLatch(1);
        }

        void answer() {
            answer.countDown();
        }

        @Override
        public void file(FileChannel file) {
            try {
                answer.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void directory(Path directory) {}
    }
}
