package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BackendFixture;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.ContentDigests;
import io.aerodb.storage.backend.Digest;
import io.aerodb.storage.backend.StoredBlob;
import io.aerodb.storage.backend.work.BlobThreads;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class BlobThreadsTest {

    @TempDir
    private Path root = Path.of("");

    @Test
    void newCallsAreRefusedWhileTooManyWaitAndAdmittedOnesFinish() {
        VolumeDirectory volume = new VolumeDirectory(root);
        BackendFixture fixture =
                volume.fixture(LocalStorageBackend.open(new LocalSettings(root, true, 0, 1, 1, LIMIT)));
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        BlobKey key = newKey();
        Flux<DataBuffer> blocking = Flux.defer(() -> {
            busy.countDown();
            await(released);
            return fixture.content(bytes(1000, 1));
        });
        Mono<?> admitted = fixture.write(key, blocking).cache();
        Disposable first = admitted.subscribe();
        await(busy);
        Disposable waiting = fixture.backend().list().subscribe();
        assertUnavailable(fixture.write(newKey(), Flux.empty()));
        assertUnavailable(fixture.read(newKey(), 0, 1));
        assertUnavailable(fixture.backend().stat(newKey()));
        assertUnavailable(fixture.backend().list());
        assertUnavailable(fixture.backend().delete(newKey()));
        assertUnavailable(fixture.backend().check());
        released.countDown();
        StepVerifier.create(admitted).expectNextCount(1).expectComplete().verify(LIMIT);
        assertThat(fixture.readAll(key)).isEqualTo(bytes(1000, 1));
        assertThat(first.isDisposed()).isTrue();
        waiting.dispose();
    }

    @Test
    void oneThreadIsEnoughToHashAndWriteLargeContent() {
        VolumeDirectory volume = new VolumeDirectory(root);
        BackendFixture fixture =
                volume.fixture(LocalStorageBackend.open(new LocalSettings(root, true, 0, 1, 1, LIMIT)));
        BlobKey key = newKey();
        byte[] content = bytes(3 * MIB, 4);
        Flux<DataBuffer> large = fixture.buffers().content(content, 512 * KIB).subscribeOn(Schedulers.parallel());
        StoredBlob stored = fixture.write(key, large).blockOptional(LIMIT).orElseThrow();
        assertThat(stored.sha256()).isEqualTo(sha256(content));
        assertThat(fixture.readAll(key)).isEqualTo(content);
    }

    @Test
    void subscriberIsNotBlockedByAStoreThatIs() {
        VolumeDirectory volume = new VolumeDirectory(root);
        BackendFixture fixture = volume.fixture(volume.open());
        BlobKey key = newKey();
        CountDownLatch released = new CountDownLatch(1);
        Flux<DataBuffer> blocking = Flux.defer(() -> {
            await(released);
            return Flux.empty();
        });
        Mono.fromRunnable(() -> fixture.write(key, blocking).subscribe())
                .subscribeOn(Schedulers.parallel())
                .block(Duration.ofSeconds(5));
        released.countDown();
        eventually("stored").until(() -> fixture.exists(key) && fixture.hasNothingUnfinished());
    }

    @Test
    void closedBackendRefusesCallsAndFinishesWhatHasBegun() {
        VolumeDirectory volume = new VolumeDirectory(root);
        LocalStorageBackend backend = volume.open();
        BackendFixture fixture = volume.fixture(backend);
        Sinks.Empty<DataBuffer> end = Sinks.empty();
        StepVerifier.create(
                        fixture.write(newKey(), fixture.content(bytes(1000, 2)).concatWith(end.asMono())))
                .then(() ->
                        eventually("begun").until(() -> volume.stagingFiles().size() == 1))
                .then(backend::close)
                .then(() -> assertUnavailable(backend.stat(newKey())))
                .then(end::tryEmitEmpty)
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void threadsEndAfterClose() {
        BlobThreads threads = new BlobThreads(1, 1);
        Thread thread = threads.run(Mono.fromCallable(Thread::currentThread))
                .blockOptional(LIMIT)
                .orElseThrow();
        assertThat(thread.isDaemon()).isTrue();
        threads.close();
        eventually("thread ended").until(() -> !thread.isAlive());
    }

    @Test
    void cancelledCallIsNotInterrupted() {
        BlobThreads threads = new BlobThreads(1, 1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Sinks.One<Boolean> interrupted = Sinks.one();
        Disposable call = threads.run(Mono.fromRunnable(() -> {
                    begun.countDown();
                    await(released);
                    interrupted.tryEmitValue(Thread.currentThread().isInterrupted());
                }))
                .subscribe();
        await(begun);
        call.dispose();
        released.countDown();
        assertThat(interrupted.asMono().block(LIMIT)).isFalse();
        threads.close();
    }

    private static void assertUnavailable(Publisher<?> call) {
        StepVerifier.create(call)
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
    }

    private static String sha256(byte[] content) {
        ContentDigests digests = new ContentDigests(Set.of());
        digests.update(ByteBuffer.wrap(content));
        return digests.hex().get(Digest.SHA_256);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
