package io.aerodb.storage.gateway.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.StorageEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is in memory of the log, and what is not any more. */
class EventRingTest {

    private final EventRing ring = new EventRing(4);

    @Test
    void theLastOnesAreThereAndWhoIsFurtherBehindIsToldThatTheyAreNot() {
        ring.begin(10);
        add(11, 16);

        assertThat(ring.last()).isEqualTo(16);
        assertThat(after(12)).contains(List.of(13L, 14L, 15L, 16L));
        assertThat(after(16)).contains(List.of());
        assertThat(after(11)).isEmpty();
    }

    @Test
    void aPageHasSoManyAtMost() {
        ring.begin(0);
        add(1, 4);

        assertThat(ring.after(1, 2).orElseThrow())
                .extracting(RelayedEvent::sequence)
                .containsExactly(2L, 3L);
    }

    @Test
    void beforeItBeginsNothingIsBehindAnything() {
        ring.begin(10);

        assertThat(after(9)).isEmpty();
        assertThat(after(10)).contains(List.of());
    }

    @Test
    void whatExpiredIsNotThereAnyMore() {
        ring.begin(0);
        add(1, 4);
        ring.forget(3);

        assertThat(after(1)).isEmpty();
        assertThat(after(2)).contains(List.of(3L, 4L));
        ring.forget(9);
        assertThat(after(3)).isEmpty();
        assertThat(after(4)).contains(List.of());
    }

    @Test
    void behindAHoleItBeginsAnew() {
        ring.begin(0);
        add(1, 2);
        add(5, 6);

        assertThat(after(2)).isEmpty();
        assertThat(after(4)).contains(List.of(5L, 6L));
    }

    private void add(long first, long last) {
        ring.add(LongStream.rangeClosed(first, last)
                .mapToObj(EventRingTest::event)
                .map(RelayedEvent::of)
                .toList());
    }

    private Optional<List<Long>> after(long cursor) {
        return ring.after(cursor, 10)
                .map(page -> page.stream().map(RelayedEvent::sequence).toList());
    }

    private static StorageEvent event(long sequence) {
        return new StorageEvent(
                sequence,
                sequence,
                "storage.bucket.created",
                "b",
                "b",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Instant.EPOCH);
    }
}
