package io.aerodb.storage.backend;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What {@link StorageBackend#readAtOnce} gives. */
public interface ReadAtOnceContract {

    BackendFixture fixture();

    @Test
    default void rangesReadAtOnceAreExact() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] bytes = bytes(64 * KIB, seed);
        BlobKey key = fixture().stored(bytes);
        for (int round = 0; round < 20; round++) {
            int offset = random.nextInt(bytes.length + 1);
            int length = random.nextInt(bytes.length - offset + 1);
            assertAtOnce(key, bytes, offset, length, "seed %d, round %d".formatted(seed, round));
        }
    }

    @Test
    default void allAndTheEndCanBeReadAtOnce() {
        byte[] bytes = bytes(64 * KIB, 1);
        BlobKey key = fixture().stored(bytes);
        assertAtOnce(key, bytes, 0, bytes.length, "all");
        assertAtOnce(key, bytes, bytes.length - 1, 1, "last");
        assertAtOnce(key, bytes, bytes.length, 0, "none, at the end");
    }

    @Test
    default void noBytesAreOneEmptyBuffer() {
        assertAtOnce(fixture().stored(new byte[0]), new byte[0], 0, 0, "empty blob");
    }

    @Test
    default void missingBlobReadAtOnceIsNotFound() {
        assertFails(newKey(), 10, 0, 10, BackendException.NotFound.class);
        assertFails(newKey(), 0, 0, 0, BackendException.NotFound.class);
    }

    @Test
    default void blobOfAnotherSizeIsTruncatedWhicheverRangeIsReadAtOnce() {
        BlobKey key = fixture().stored(bytes(1000, 2));
        for (int size : new int[] {999, 1001, 2000}) {
            assertFails(key, size, 0, 10, BackendException.Truncated.class);
            assertFails(key, size, 0, 0, BackendException.Truncated.class);
            assertFails(key, size, size - 10, 10, BackendException.Truncated.class);
        }
    }

    @Test
    default void emptyBlobThatShouldNotBeIsTruncated() {
        assertFails(fixture().stored(new byte[0]), 10, 0, 10, BackendException.Truncated.class);
    }

    @Test
    default void rangeBeyondTheEndIsNotReadAtOnce() {
        assertFails(fixture().stored(bytes(1000, 3)), 1000, 995, 10, BackendException.Truncated.class);
    }

    @Test
    default void eachSubscriptionReadsAtOnceAnew() {
        BlobKey key = newKey();
        Mono<DataBuffer> read = atOnce(key, 10, 0, 10).doOnNext(DataBufferUtils::release);
        read.as(StepVerifier::create)
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
        fixture().store(key, bytes(10, 4));
        for (int i = 0; i < 2; i++) {
            read.as(StepVerifier::create).expectNextCount(1).expectComplete().verify(LIMIT);
        }
    }

    @Test
    default void whoNeverAsksGetsNothingAtOnce() {
        BlobKey key = fixture().stored(bytes(10, 5));
        StepVerifier.create(atOnce(key, 10, 0, 10), 0)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(50))
                .thenCancel()
                .verify(LIMIT);
    }

    /** Every buffer is released, which is looked at after each test. */
    @Test
    default void whoLeavesWhileItIsReadAtOnceLeavesNoBuffer() {
        BlobKey key = fixture().stored(bytes(64 * KIB, 6));
        Flux.range(0, 200)
                .flatMap(i -> atOnce(key, 64 * KIB, 0, 64 * KIB)
                        .doOnNext(DataBufferUtils::release)
                        .then()
                        .takeUntilOther(Mono.delay(Duration.ofNanos(20_000L * (i % 20)))))
                .then()
                .as(StepVerifier::create)
                .expectComplete()
                .verify(LIMIT);
    }

    private void assertAtOnce(BlobKey key, byte[] bytes, int offset, int length, String situation) {
        byte[] read = atOnce(key, bytes.length, offset, length)
                .map(BackendFixture::released)
                .blockOptional(LIMIT)
                .orElseThrow();
        assertThat(read).as(situation).isEqualTo(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    private void assertFails(
            BlobKey key, long size, long offset, long length, Class<? extends BackendException> failure) {
        StepVerifier.create(atOnce(key, size, offset, length))
                .expectError(failure)
                .verify(LIMIT);
    }

    private Mono<DataBuffer> atOnce(BlobKey key, long size, long offset, long length) {
        return fixture().backend().readAtOnce(key, size, new ByteRange(offset, length));
    }
}
