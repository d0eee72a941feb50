package io.aerodb.storage.backend;

import static io.aerodb.storage.backend.BackendFixture.KIB;
import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What a backend says of the blobs it has, and how they go. */
public interface CatalogueContract {

    BackendFixture fixture();

    @Test
    default void statTellsSizeAndTime() {
        Instant before = Instant.now().minusSeconds(2);
        BlobKey key = fixture().stored(bytes(1234, 1));
        StepVerifier.create(fixture().backend().stat(key))
                .assertNext(stat -> {
                    assertThat(stat.key()).isEqualTo(key);
                    assertThat(stat.size()).isEqualTo(1234);
                    assertThat(stat.lastModified())
                            .isBetween(before, Instant.now().plusSeconds(2));
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    default void statOfAMissingBlobIsNotFoundAndNamesTheKey() {
        BlobKey key = newKey();
        StepVerifier.create(fixture().backend().stat(key))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BackendException.NotFound.class)
                        .hasMessageContaining(key.value()))
                .verify(LIMIT);
    }

    @Test
    default void deletedBlobIsGone() {
        BlobKey key = fixture().stored(bytes(10, 2));
        fixture().backend().delete(key).block(LIMIT);
        assertThat(fixture().exists(key)).isFalse();
        assertThat(fixture().listed()).isEmpty();
        StepVerifier.create(fixture().read(key, 0, 10))
                .expectError(BackendException.NotFound.class)
                .verify(LIMIT);
    }

    @Test
    default void deletingTwiceCompletesTwice() {
        BlobKey key = fixture().stored(bytes(10, 3));
        Mono<Void> delete = fixture().backend().delete(key);
        StepVerifier.create(delete).expectComplete().verify(LIMIT);
        StepVerifier.create(delete).expectComplete().verify(LIMIT);
    }

    @Test
    default void deletingWhatNeverWasCompletes() {
        StepVerifier.create(fixture().backend().delete(newKey()))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    default void nothingIsDeletedBeforeSubscription() {
        BlobKey key = fixture().stored(bytes(10, 4));
        assertThat(fixture().backend().delete(key)).isNotNull();
        assertThat(fixture().exists(key)).isTrue();
    }

    @Test
    default void deleteLeavesOtherBlobs() {
        BlobKey key = fixture().stored(bytes(10, 5));
        BlobKey neighbour = new BlobKey(key + "x");
        fixture().store(neighbour, bytes(10, 6));
        fixture().backend().delete(key).block(LIMIT);
        assertThat(fixture().listed()).containsExactly(neighbour);
    }

    @Test
    default void listOfAnEmptyBackendIsEmpty() {
        StepVerifier.create(fixture().backend().list()).expectComplete().verify(LIMIT);
    }

    @Test
    default void listFindsEveryBlobOnce() {
        List<BlobKey> keys = Flux.range(0, 60)
                .map(i -> new BlobKey(newKey().value().replace("photos", "bucket" + i % 7)))
                .concatMap(key -> fixture().write(key, fixture().content(bytes(10, 7))))
                .map(StoredBlob::key)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
        assertThat(fixture().listed()).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    default void listTellsWhatStatTells() {
        BlobKey key = fixture().stored(bytes(4321, 8));
        BlobStat stat = fixture().backend().stat(key).blockOptional(LIMIT).orElseThrow();
        StepVerifier.create(fixture().backend().list())
                .expectNext(stat)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    default void listShowsNoUnfinishedWrite() {
        BlobKey done = fixture().stored(bytes(10, 9));
        Flux<DataBuffer> unfinished = fixture()
                .content(bytes(100 * KIB, 10))
                .concatWith(Sinks.<DataBuffer>empty().asMono());
        StepVerifier.create(fixture().write(newKey(), unfinished))
                .then(() -> assertThat(fixture().listed()).containsExactly(done))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    default void listGivesNoMoreThanIsAskedFor() {
        Flux.range(0, 20)
                .concatMap(i -> fixture().write(newKey(), fixture().content(bytes(10, i))))
                .blockLast(LIMIT);
        StepVerifier.create(fixture().backend().list(), 3)
                .expectNextCount(3)
                .expectNoEvent(Duration.ofMillis(100))
                .thenRequest(2)
                .expectNextCount(2)
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    default void checkOfAHealthyBackendCompletesEachTime() {
        StepVerifier.create(fixture().backend().check()).expectComplete().verify(LIMIT);
        StepVerifier.create(fixture().backend().check()).expectComplete().verify(LIMIT);
        assertThat(fixture().listed()).isEmpty();
    }
}
