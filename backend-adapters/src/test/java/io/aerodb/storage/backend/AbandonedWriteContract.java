package io.aerodb.storage.backend;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What {@link StorageBackend#write} leaves when the content fails or the subscriber goes: nothing. */
public interface AbandonedWriteContract {

    BackendFixture fixture();

    @Test
    default void errorOfTheContentPassesUnchanged() {
        IllegalStateException broken = new IllegalStateException("the client's own");
        StepVerifier.create(fixture().write(newKey(), failing(100 * KIB, broken)))
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(broken))
                .verify(LIMIT);
    }

    @Test
    default void failedContentLeavesNothing() {
        BlobKey key = newKey();
        StepVerifier.create(fixture().write(key, failing(2 * MIB, new IllegalStateException("broken"))))
                .expectError(IllegalStateException.class)
                .verify(LIMIT);
        assertNothingIsLeft(key, "");
    }

    @Test
    default void contentThatFailsAtOnceLeavesNothing() {
        BlobKey key = newKey();
        StepVerifier.create(fixture().write(key, Flux.error(new IllegalStateException("broken"))))
                .expectError(IllegalStateException.class)
                .verify(LIMIT);
        assertNothingIsLeft(key, "");
    }

    @Test
    default void keyOfAFailedWriteCanBeWritten() {
        BlobKey key = newKey();
        StepVerifier.create(fixture().write(key, failing(10, new IllegalStateException("broken"))))
                .expectError(IllegalStateException.class)
                .verify(LIMIT);
        fixture().store(key, bytes(10, 1));
        assertThat(fixture().readAll(key)).isEqualTo(bytes(10, 1));
    }

    @Test
    default void cancelledWriteLeavesNothing() {
        BlobKey key = newKey();
        StepVerifier.create(fixture().write(key, endless(bytes(MIB, 2))))
                .then(() -> fixture().buffers().assertAllReleased())
                .thenCancel()
                .verify(LIMIT);
        assertNothingIsLeft(key, "");
    }

    @Test
    default void cancellationReachesTheContent() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Sinks.Empty<Boolean> subscribed = Sinks.empty();
        Flux<DataBuffer> silent = Flux.<DataBuffer>never()
                .doOnSubscribe(subscription -> subscribed.tryEmitEmpty())
                .doOnCancel(() -> cancelled.set(true));
        StepVerifier.create(fixture().write(newKey(), silent))
                .then(() -> subscribed.asMono().block(LIMIT))
                .thenCancel()
                .verify(LIMIT);
        eventually("content cancelled").untilTrue(cancelled);
    }

    @Test
    default void writeCancelledAtOnceLeavesNothing() {
        BlobKey key = newKey();
        for (int round = 0; round < 50; round++) {
            fixture().write(key, endless(bytes(KIB, 3))).subscribe().dispose();
        }
        assertNothingIsLeft(key, "");
    }

    @Test
    default void bufferThatComesAfterCancellationIsReleased() {
        TestPublisher<DataBuffer> content =
                TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        Disposable write = fixture().write(newKey(), content.flux()).subscribe();
        eventually("content subscribed").until(content::wasSubscribed);
        write.dispose();
        content.next(fixture().buffers().copy(bytes(KIB, 4), 0, KIB));
        fixture().buffers().assertAllReleased();
    }

    @Test
    default void writeCancelledAtAnyByteLeavesNothing() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            BlobKey key = newKey();
            cancelAt(key, bytes(MIB, seed), random.nextInt(MIB));
            assertNothingIsLeft(key, "seed %d, round %d".formatted(seed, round));
        }
    }

    /** The content has ended; the cancellation falls anywhere between the last byte and the result. */
    @Test
    default void writeCancelledInItsLastStepHasEmittedOrLeavesNothing() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            BlobKey key = newKey();
            AtomicBoolean emitted = new AtomicBoolean();
            AtomicBoolean ended = new AtomicBoolean();
            BaseSubscriber<StoredBlob> writer = new BaseSubscriber<>() {
                @Override
                protected void hookOnNext(StoredBlob blob) {
                    emitted.set(true);
                }
            };
            fixture()
                    .write(key, fixture().content(bytes(KIB, 5)).doOnComplete(() -> ended.set(true)))
                    .subscribe(writer);
            eventually("content ended").untilTrue(ended);
            spin(random.nextInt(3_000_000));
            writer.cancel();
            String situation = "seed %d, round %d".formatted(seed, round);
            eventually(situation).until(fixture()::hasNothingUnfinished);
            eventually(situation).until(() -> fixture().exists(key) == emitted.get());
        }
    }

    @Test
    default void deleteRemovesTheUnfinishedWriteOfItsKey() {
        BlobKey key = newKey();
        Sinks.Empty<DataBuffer> end = Sinks.empty();
        StepVerifier.create(fixture()
                        .write(key, fixture().content(bytes(100 * KIB, 6)).concatWith(end.asMono())))
                .then(() -> {
                    eventually("bytes stored")
                            .until(() -> fixture().buffers().made() > 0
                                    && fixture().buffers().held() == 0);
                    fixture().backend().delete(key).block(LIMIT);
                    eventually("deleted").until(fixture()::hasNothingUnfinished);
                })
                .then(end::tryEmitEmpty)
                .expectError(BackendException.class)
                .verify(LIMIT);
        assertNothingIsLeft(key, "");
    }

    @Test
    default void deleteLeavesUnfinishedWritesOfOtherKeys() {
        BlobKey key = newKey();
        Sinks.Empty<DataBuffer> end = Sinks.empty();
        StepVerifier.create(fixture()
                        .write(key, fixture().content(bytes(100 * KIB, 7)).concatWith(end.asMono())))
                .then(() -> fixture().backend().delete(new BlobKey(key + "x")).block(LIMIT))
                .then(end::tryEmitEmpty)
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(fixture().readAll(key)).isEqualTo(bytes(100 * KIB, 7));
    }

    private Flux<DataBuffer> endless(byte[] bytes) {
        return fixture().content(bytes).concatWith(Flux.never());
    }

    private Flux<DataBuffer> failing(int after, RuntimeException failure) {
        return fixture().content(bytes(after, 8)).concatWith(Flux.error(failure));
    }

    private void cancelAt(BlobKey key, byte[] bytes, int position) {
        Disposable.Swap write = Disposables.swap();
        AtomicLong sent = new AtomicLong();
        Flux<DataBuffer> content = endless(bytes).doOnNext(buffer -> {
            if (sent.addAndGet(buffer.readableByteCount()) > position) {
                write.dispose();
            }
        });
        write.update(fixture().write(key, content).subscribe());
        eventually("cancelled").until(write::isDisposed);
    }

    private void assertNothingIsLeft(BlobKey key, String situation) {
        eventually(situation).until(fixture()::hasNothingUnfinished);
        eventually(situation).until(() -> !fixture().exists(key));
        fixture().buffers().assertAllReleased();
    }

    private static void spin(int nanos) {
        for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
            Thread.onSpinWait();
        }
    }
}
