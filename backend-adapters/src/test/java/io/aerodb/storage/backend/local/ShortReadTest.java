package io.aerodb.storage.backend.local;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.TrackedBuffers;
import io.aerodb.storage.backend.work.BlobThreads;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Whose buffer it is when a short reading ends late. */
class ShortReadTest {

    @AutoClose
    private final BlobThreads threads = new BlobThreads(1, 1);

    private final TrackedBuffers buffers = new TrackedBuffers();
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch disk = new CountDownLatch(1);

    @AfterEach
    void everyBufferIsReleased() {
        disk.countDown();
        buffers.assertAllReleased();
    }

    @Test
    void whatIsReadForOneWhoLeftIsReleased() {
        StepVerifier.create(slow(LIMIT)).then(this::awaitReading).thenCancel().verify(LIMIT);
        disk.countDown();

        eventually("read").until(() -> buffers.made() == 1);
    }

    @Test
    void whatIsReadWhenItIsTooLateIsReleased() {
        StepVerifier.create(slow(Duration.ofMillis(50)))
                .expectError(BackendException.Unavailable.class)
                .verify(LIMIT);
        disk.countDown();

        eventually("read").until(() -> buffers.made() == 1);
    }

    @Test
    void nothingIsReadForOneWhoLeftBeforeItsTurn() {
        AtomicInteger read = new AtomicInteger();
        Callable<DataBuffer> counted = () -> {
            read.incrementAndGet();
            return buffer();
        };
        StepVerifier.create(slow(LIMIT))
                .then(this::awaitReading)
                .then(() -> StepVerifier.create(ShortRead.by(threads, LIMIT, counted))
                        .thenCancel()
                        .verify(LIMIT))
                .then(disk::countDown)
                .consumeNextWith(DataBufferUtils::release)
                .expectComplete()
                .verify(LIMIT);

        eventually("idle").until(() -> threads.queuedTasks() + threads.activeThreads() == 0);
        assertThat(read).hasValue(0);
    }

    @Test
    void aReadingForWhichThereIsNoPlaceIsRefused() {
        StepVerifier.create(slow(LIMIT))
                .then(this::awaitReading)
                .then(() -> ShortRead.by(threads, LIMIT, this::buffer).subscribe(DataBufferUtils::release))
                .then(() -> StepVerifier.create(ShortRead.by(threads, LIMIT, this::buffer))
                        .expectError(BackendException.Unavailable.class)
                        .verify(LIMIT))
                .then(disk::countDown)
                .consumeNextWith(DataBufferUtils::release)
                .expectComplete()
                .verify(LIMIT);
        eventually("both were read").until(() -> buffers.made() == 2);
    }

    @Test
    void exhaustedMemoryIsAFailureLikeAnyOther() {
        Callable<DataBuffer> exhausted = () -> {
            throw new OutOfMemoryError("none left");
        };
        StepVerifier.create(ShortRead.by(threads, LIMIT, exhausted))
                .expectError(OutOfMemoryError.class)
                .verify(LIMIT);
    }

    private Mono<DataBuffer> slow(Duration limit) {
        return ShortRead.by(threads, limit, () -> {
            reading.countDown();
            disk.await();
            return buffer();
        });
    }

    private void awaitReading() {
        eventually("reading").until(() -> reading.getCount() == 0);
    }

    private DataBuffer buffer() {
        return buffers.copy(new byte[10], 0, 10);
    }
}
