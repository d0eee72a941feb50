package io.aerodb.storage.backend;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What {@link StorageBackend#read} gives. */
public interface ReadContract {

    BackendFixture fixture();

    @Test
    default void rangesAreExact() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] bytes = bytes(MIB + 7, seed);
        BlobKey key = fixture().stored(bytes);
        for (int round = 0; round < 50; round++) {
            int offset = random.nextInt(bytes.length + 1);
            int length = random.nextInt(bytes.length - offset + 1);
            assertRange(key, bytes, offset, length, "seed %d, round %d".formatted(seed, round));
        }
    }

    @Test
    default void firstAndLastByteCanBeReadAlone() {
        byte[] bytes = bytes(300 * KIB, 1);
        BlobKey key = fixture().stored(bytes);
        assertRange(key, bytes, 0, 1, "first");
        assertRange(key, bytes, bytes.length - 1, 1, "last");
    }

    @Test
    default void emptyRangeHasNoBytes() {
        BlobKey key = fixture().stored(bytes(10, 2));
        StepVerifier.create(bytesOf(key, 10, 0)).expectComplete().verify(LIMIT);
    }

    @Test
    default void emptyRangeOfAMissingBlobIsNotFound() {
        StepVerifier.create(bytesOf(newKey(), 0, 0))
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
    }

    @Test
    default void missingBlobIsNotFoundWhenItsBytesAreAskedFor() {
        BlobContent content = fixture().backend().read(newKey(), new ByteRange(0, 10));
        StepVerifier.create(content.bytes())
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
    }

    @Test
    default void contentKnowsItsRange() {
        ByteRange range = new ByteRange(3, 4);
        assertThat(fixture().backend().read(newKey(), range).range()).isEqualTo(range);
    }

    @Test
    default void rangeBeyondTheEndIsTruncatedAndNeverCompletesShort() {
        BlobKey key = fixture().stored(bytes(1000, 3));
        StepVerifier.create(bytesOf(key, 500, 501)
                        .doOnNext(DataBufferUtils::release)
                        .then())
                .expectError(BackendException.Truncated.class)
                .verify(LIMIT);
    }

    @Test
    default void blobWrittenAfterReadWasCalledIsRead() {
        BlobKey key = newKey();
        Flux<DataBuffer> content = bytesOf(key, 0, 10);
        fixture().store(key, bytes(10, 4));
        StepVerifier.create(content.doOnNext(DataBufferUtils::release))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    default void eachSubscriptionReadsAnew() {
        byte[] bytes = bytes(200 * KIB, 5);
        BlobKey key = fixture().stored(bytes);
        Flux<DataBuffer> content = bytesOf(key, 0, bytes.length);
        assertThat(length(content)).isEqualTo(bytes.length);
        assertThat(length(content)).isEqualTo(bytes.length);
    }

    @Test
    default void buffersHoldAtMost256KiB() {
        BlobKey key = fixture().stored(bytes(3 * MIB, 6));
        List<Integer> sizes = bytesOf(key, 0, 3 * MIB)
                .map(ReadContract::releasedLength)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
        assertThat(sizes).allSatisfy(size -> assertThat(size).isBetween(1, 256 * KIB));
    }

    @Test
    default void slowReaderIsNotFlooded() {
        BlobKey key = fixture().stored(bytes(8 * MIB, 7));
        StepVerifier.create(bytesOf(key, 0, 8 * MIB), 1)
                .consumeNextWith(DataBufferUtils::release)
                .expectNoEvent(Duration.ofMillis(100))
                .then(() -> assertThat(fixture().buffers().held()).isLessThanOrEqualTo(MIB))
                .thenRequest(1)
                .consumeNextWith(DataBufferUtils::release)
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    default void readerThatNeverAsksGetsNothing() {
        BlobKey key = fixture().stored(bytes(MIB, 8));
        StepVerifier.create(bytesOf(key, 0, MIB), 0)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    default void cancelledReadHoldsNoBuffer() {
        BlobKey key = fixture().stored(bytes(8 * MIB, 9));
        for (int round = 0; round < 20; round++) {
            StepVerifier.create(bytesOf(key, 0, 8 * MIB), 2)
                    .consumeNextWith(DataBufferUtils::release)
                    .consumeNextWith(DataBufferUtils::release)
                    .thenCancel()
                    .verify(LIMIT);
        }
        fixture().buffers().assertAllReleased();
    }

    @Test
    default void readersOfOneBlobDoNotDisturbEachOther() {
        byte[] bytes = bytes(MIB, 10);
        BlobKey key = fixture().stored(bytes);
        Flux.range(0, 16)
                .flatMap(i -> fixture().read(key, i, bytes.length - i), 16)
                .map(read -> Arrays.equals(read, 0, read.length, bytes, bytes.length - read.length, bytes.length))
                .all(equal -> equal)
                .as(StepVerifier::create)
                .expectNext(true)
                .expectComplete()
                .verify(LIMIT);
    }

    private void assertRange(BlobKey key, byte[] bytes, int offset, int length, String situation) {
        byte[] read = fixture().read(key, offset, length).blockOptional(LIMIT).orElseThrow();
        assertThat(read).as(situation).isEqualTo(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    private Flux<DataBuffer> bytesOf(BlobKey key, long offset, long length) {
        return fixture().backend().read(key, new ByteRange(offset, length)).bytes();
    }

    private static long length(Flux<DataBuffer> content) {
        return content.map(ReadContract::releasedLength)
                .reduce(0, Integer::sum)
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private static int releasedLength(DataBuffer buffer) {
        int length = buffer.readableByteCount();
        DataBufferUtils.release(buffer);
        return length;
    }
}
