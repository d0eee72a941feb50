package io.aerodb.storage.backend;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What {@link StorageBackend#write} does with content that ends well, and with content that it must refuse. */
public interface WriteContract {

    BackendFixture fixture();

    @Test
    default void storedBytesAreReadBack() {
        byte[] bytes = bytes(100 * KIB + 1, 1);
        BlobKey key = fixture().stored(bytes);
        assertThat(fixture().readAll(key)).isEqualTo(bytes);
    }

    @Test
    default void storedBlobHasTheKeySizeAndSha256OfItsBytes() {
        BlobKey key = newKey();
        byte[] bytes = bytes(100 * KIB + 1, 2);
        StoredBlob stored = fixture().store(key, bytes);
        assertThat(stored).isEqualTo(new StoredBlob(key, bytes.length, digests(bytes, Set.of())));
    }

    @Test
    default void md5IsComputedWhenAskedFor() {
        byte[] bytes = bytes(100 * KIB + 1, 3);
        WriteHints hints = new WriteHints(OptionalLong.empty(), Set.of(Digest.MD5));
        fixture()
                .backend()
                .write(newKey(), fixture().content(bytes), hints)
                .map(StoredBlob::digests)
                .as(StepVerifier::create)
                .expectNext(digests(bytes, hints.digests()))
                .verifyComplete();
    }

    @Test
    default void md5IsAbsentWhenNotAskedFor() {
        assertThat(fixture().store(newKey(), bytes(10, 4)).digests()).containsOnlyKeys(Digest.SHA_256);
    }

    @Test
    default void emptyContentMakesAnEmptyBlob() {
        BlobKey key = newKey();
        StoredBlob stored =
                fixture().write(key, Flux.empty()).blockOptional(LIMIT).orElseThrow();
        assertThat(stored.sha256()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(fixture().readAll(key)).isEmpty();
    }

    @Test
    default void buffersOfAnySizeAreStoredInOrder() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        byte[] bytes = bytes(3 * MIB, seed);
        BlobKey key = newKey();
        Flux<DataBuffer> content = Flux.generate(() -> 0, (offset, sink) -> {
            int length = Math.min(1 + random.nextInt(random.nextBoolean() ? 50 : 300 * KIB), bytes.length - offset);
            if (length == 0) {
                sink.complete();
            } else {
                sink.next(fixture().buffers().copy(bytes, offset, length));
            }
            return offset + length;
        });
        fixture().write(key, content).block(LIMIT);
        assertThat(fixture().readAll(key)).as("seed %d", seed).isEqualTo(bytes);
    }

    @Test
    default void buffersOfOneByteAreStored() {
        byte[] bytes = bytes(3000, 5);
        BlobKey key = newKey();
        fixture().write(key, fixture().buffers().content(bytes, 1)).block(LIMIT);
        assertThat(fixture().readAll(key)).isEqualTo(bytes);
    }

    @Test
    default void emptyBuffersAddNothing() {
        BlobKey key = newKey();
        Flux<DataBuffer> empty = Flux.range(0, 300).map(i -> fixture().buffers().copy(new byte[0], 0, 0));
        fixture().write(key, empty).block(LIMIT);
        assertThat(fixture().readAll(key)).isEmpty();
    }

    @Test
    default void buffersOnTheHeapAreStoredToo() {
        byte[] bytes = bytes(10 * KIB, 6);
        BlobKey key = newKey();
        fixture()
                .write(key, Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(bytes)))
                .block(LIMIT);
        assertThat(fixture().readAll(key)).isEqualTo(bytes);
    }

    @Test
    default void contentLargerThanAnyBufferIsStoredWhole() {
        byte[] bytes = bytes(20 * MIB + 3, 7);
        BlobKey key = newKey();
        fixture().write(key, fixture().buffers().content(bytes, 256 * KIB)).block(LIMIT);
        assertThat(fixture().readAll(key)).isEqualTo(bytes);
    }

    @Test
    default void nothingIsWrittenBeforeSubscription() throws Exception {
        BlobKey key = newKey();
        AtomicInteger subscriptions = new AtomicInteger();
        Mono<StoredBlob> write = fixture().write(key, counted(bytes(10, 8), subscriptions));
        assertThat(write).isNotNull();
        assertThat(subscriptions).hasValue(0);
        assertThat(fixture().exists(key)).isFalse();
        assertThat(fixture().hasNothingUnfinished()).isTrue();
    }

    @Test
    default void contentIsSubscribedExactlyOnce() {
        AtomicInteger subscriptions = new AtomicInteger();
        fixture().write(newKey(), counted(bytes(MIB, 9), subscriptions)).block(LIMIT);
        assertThat(subscriptions).hasValue(1);
    }

    @Test
    default void subscriberContextReachesTheContent() {
        BlobKey key = newKey();
        Flux<DataBuffer> content = Flux.deferContextual(context -> fixture().content(context.get("bytes")));
        fixture()
                .write(key, content)
                .contextWrite(context -> context.put("bytes", new byte[] {1, 2, 3}))
                .block(LIMIT);
        assertThat(fixture().readAll(key)).containsExactly(1, 2, 3);
    }

    @Test
    default void nothingIsVisibleBeforeCompletion() {
        BlobKey key = newKey();
        byte[] bytes = bytes(MIB, 10);
        Sinks.Empty<DataBuffer> end = Sinks.empty();
        StepVerifier.create(fixture().write(key, fixture().content(bytes).concatWith(end.asMono())))
                .then(() -> {
                    fixture().buffers().assertAllReleased();
                    assertThat(fixture().exists(key)).isFalse();
                    assertThat(fixture().listed()).doesNotContain(key);
                    StepVerifier.create(fixture().read(key, 0, 1)).verifyError(BackendException.NotFound.class);
                })
                .then(end::tryEmitEmpty)
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(fixture().readAll(key)).isEqualTo(bytes);
    }

    @Test
    default void contentOfTheDeclaredLengthIsStored() {
        BlobKey key = newKey();
        declared(key, 1000, 1000).expectNextCount(1).expectComplete().verify(LIMIT);
        assertThat(fixture().exists(key)).isTrue();
    }

    @Test
    default void contentShorterThanDeclaredIsRefusedAndLeavesNothing() throws Exception {
        BlobKey key = newKey();
        declared(key, 1001, 1000)
                .expectErrorSatisfies(failure -> assertLengths(failure, 1001, 1000))
                .verify(LIMIT);
        assertThat(fixture().exists(key)).isFalse();
        assertThat(fixture().hasNothingUnfinished()).isTrue();
    }

    @Test
    default void contentLongerThanDeclaredIsRefusedAndLeavesNothing() throws Exception {
        BlobKey key = newKey();
        declared(key, 999, 1000)
                .expectErrorSatisfies(failure -> assertLengths(failure, 999, 1000))
                .verify(LIMIT);
        assertThat(fixture().exists(key)).isFalse();
        assertThat(fixture().hasNothingUnfinished()).isTrue();
    }

    @Test
    default void contentWithoutEndIsRefusedOnceItIsLongerThanDeclared() {
        WriteHints hints = new WriteHints(OptionalLong.of(MIB), Set.of());
        Flux<DataBuffer> endless = Flux.<DataBuffer>generate(
                        sink -> sink.next(fixture().buffers().copy(new byte[KIB], 0, KIB)))
                .subscribeOn(Schedulers.parallel());
        StepVerifier.create(fixture().backend().write(newKey(), endless, hints))
                .expectError(BackendException.LengthMismatch.class)
                .verify(LIMIT);
    }

    @Test
    default void takenKeyIsRefusedAndItsBlobStays() throws Exception {
        byte[] first = bytes(1000, 11);
        BlobKey key = fixture().stored(first);
        StepVerifier.create(fixture().write(key, fixture().content(bytes(2000, 12))))
                .expectError(BackendException.AlreadyExists.class)
                .verify(LIMIT);
        assertThat(fixture().readAll(key)).isEqualTo(first);
        assertThat(fixture().hasNothingUnfinished()).isTrue();
    }

    @Test
    default void secondSubscriptionIsASecondWrite() {
        Mono<StoredBlob> write = fixture().write(newKey(), fixture().content(bytes(10, 13)));
        StepVerifier.create(write).expectNextCount(1).expectComplete().verify(LIMIT);
        StepVerifier.create(write)
                .expectError(BackendException.AlreadyExists.class)
                .verify(LIMIT);
    }

    @Test
    default void writersOfDifferentKeysDoNotDisturbEachOther() {
        List<BlobKey> keys = Flux.range(0, 16)
                .flatMap(i -> fixture().write(newKey(), fixture().content(bytes(200 * KIB + i, i))), 16)
                .map(StoredBlob::key)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
        for (BlobKey key : keys) {
            byte[] read = fixture().readAll(key);
            assertThat(read).isEqualTo(bytes(read.length, read.length - 200 * KIB));
        }
    }

    @Test
    default void twoWritersOfOneKeyHaveExactlyOneWinner() throws Exception {
        for (int round = 0; round < 20; round++) {
            BlobKey key = newKey();
            List<Integer> winners = Flux.range(0, 2)
                    .flatMap(i -> fixture()
                            .write(key, fixture().content(bytes(100 * KIB, i)))
                            .map(stored -> i)
                            .onErrorResume(BackendException.AlreadyExists.class, lost -> Mono.empty()))
                    .collectList()
                    .blockOptional(LIMIT)
                    .orElseThrow();
            assertThat(winners).hasSize(1);
            assertThat(fixture().readAll(key)).isEqualTo(bytes(100 * KIB, winners.get(0)));
            assertThat(fixture().hasNothingUnfinished()).isTrue();
        }
    }

    @Test
    default void contentIsAskedForNoFasterThanItIsStored() {
        AtomicLong most = new AtomicLong();
        Flux<DataBuffer> content = fixture()
                .buffers()
                .content(new byte[32 * MIB], 64 * KIB)
                .doOnNext(buffer -> most.accumulateAndGet(fixture().buffers().held(), Math::max));
        fixture().write(newKey(), content).block(LIMIT);
        assertThat(most).hasValueLessThanOrEqualTo(4 * MIB);
    }

    private Flux<DataBuffer> counted(byte[] bytes, AtomicInteger subscriptions) {
        return fixture().content(bytes).doOnSubscribe(subscription -> subscriptions.incrementAndGet());
    }

    private StepVerifier.FirstStep<StoredBlob> declared(BlobKey key, long declared, int length) {
        WriteHints hints = new WriteHints(OptionalLong.of(declared), Set.of());
        return StepVerifier.create(fixture().backend().write(key, fixture().content(bytes(length, 14)), hints));
    }

    private static void assertLengths(Throwable failure, long declared, long received) {
        assertThat(failure).isInstanceOfSatisfying(BackendException.LengthMismatch.class, mismatch -> {
            assertThat(mismatch.declared()).isEqualTo(declared);
            assertThat(mismatch.received()).isEqualTo(received);
        });
    }

    private static Map<Digest, String> digests(byte[] bytes, Set<Digest> more) {
        ContentDigests digests = new ContentDigests(more);
        digests.update(ByteBuffer.wrap(bytes));
        return digests.hex();
    }
}
