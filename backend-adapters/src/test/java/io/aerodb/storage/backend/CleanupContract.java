package io.aerodb.storage.backend;

import static io.aerodb.storage.backend.BackendFixture.LIMIT;
import static io.aerodb.storage.backend.BackendFixture.MIB;
import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.eventually;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** What a backend tells those who clean up. */
public interface CleanupContract {

    BackendFixture fixture();

    @Test
    default void itHasTheLastTokenThatWasLeftAndDoesNotListIt() {
        OwnedVolume volume = ability(OwnedVolume.class);
        UUID last = UUID.randomUUID();
        assertThat(volume.sign().block(LIMIT)).isEqualTo(new OwnedVolume.Sign(null, false));

        volume.mark(UUID.randomUUID()).block(LIMIT);
        volume.mark(last).block(LIMIT);

        assertThat(volume.sign().block(LIMIT)).isEqualTo(new OwnedVolume.Sign(last, false));
        assertThat(fixture().listed()).isEmpty();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    default void itIsDisputedUntilThatIsTakenBackHoweverOftenItWasSaid() {
        OwnedVolume volume = ability(OwnedVolume.class);

        volume.dispute().then(volume.dispute()).block(LIMIT);
        volume.mark(UUID.randomUUID()).block(LIMIT);
        assertThat(volume.sign().map(OwnedVolume.Sign::disputed).block(LIMIT)).isTrue();
        assertThat(fixture().listed()).isEmpty();

        volume.settle().then(volume.settle()).block(LIMIT);
        assertThat(volume.sign().map(OwnedVolume.Sign::disputed).block(LIMIT)).isFalse();
    }

    @Test
    default void itBelongsToTheFirstInstallationThatAsks() {
        OwnedVolume volume = ability(OwnedVolume.class);
        UUID first = UUID.randomUUID();

        assertThat(volume.own(first).block(LIMIT)).isEqualTo(first);
        assertThat(volume.own(UUID.randomUUID()).block(LIMIT)).isEqualTo(first);

        assertThat(volume.owner().block(LIMIT)).isEqualTo(first);
        assertThat(fixture().listed()).isEmpty();
    }

    @Test
    default void ofSeveralThatAskAtOnceAllGetTheSameAnswer() {
        OwnedVolume volume = ability(OwnedVolume.class);

        List<UUID> answers = Flux.range(0, 4)
                .flatMap(n -> volume.own(UUID.randomUUID()))
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();

        assertThat(answers).containsOnly(volume.owner().block(LIMIT));
    }

    @Test
    default void aWriteIsUnfinishedUntilItEnds() {
        BlobKey key = newKey();
        fixture().stored(bytes(10, 1));
        assertThat(unfinished()).isEmpty();
        Flux<DataBuffer> endless = fixture()
                .content(bytes(20 * MIB, 2))
                .concatWith(Sinks.<DataBuffer>empty().asMono());

        Disposable write = fixture().write(key, endless).subscribe();
        eventually("the write is unfinished").until(() -> unfinished().contains(key));
        write.dispose();

        eventually("nothing is unfinished").until(() -> unfinished().isEmpty());
    }

    @Test
    default void aRangeHasAllThatIsInItWhereRangesAreKnown() {
        List<BlobKey> keys = IntStream.range(0, 12)
                .mapToObj(n -> fixture().stored(bytes(10, n)))
                .sorted((one, other) -> one.value().compareTo(other.value()))
                .toList();

        fixture().backend().ability(RangedListing.class).ifPresent(listing -> assertThat(
                        listing.list(keys.get(3), keys.get(8))
                                .map(BlobStat::key)
                                .collectList()
                                .block(LIMIT))
                .containsAll(keys.subList(3, 9))
                .doesNotContainAnyElementsOf(keys.subList(9, 12)));
    }

    private List<BlobKey> unfinished() {
        return ability(UnfinishedWrites.class)
                .unfinished()
                .map(BlobStat::key)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    private <A> A ability(Class<A> type) {
        return fixture().backend().ability(type).orElseThrow();
    }
}
