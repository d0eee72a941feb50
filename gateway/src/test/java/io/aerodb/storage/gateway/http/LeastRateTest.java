package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeastRateTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final LeastRate rate = new LeastRate(Duration.ofSeconds(10), 100);

    @Test
    void nobodyIsTooSlowBeforeTheWindowIsOver() {
        assertThat(rate.isTooSlowAfter(10 * SECOND - 1)).isFalse();
        assertThat(rate.isTooSlowAfter(1)).isTrue();
    }

    @Test
    void enoughBytesBeginANewWindow() {
        rate.moved(1000);
        assertThat(rate.isTooSlowAfter(10 * SECOND)).isFalse();
        rate.moved(999);
        assertThat(rate.isTooSlowAfter(10 * SECOND)).isTrue();
    }

    @Test
    void bytesThatAreNotToldOfYetHaveTheirTime() {
        rate.tellsInPiecesOf(500);
        assertThat(rate.isTooSlowAfter(15 * SECOND - 1)).isFalse();
        assertThat(rate.isTooSlowAfter(1)).isTrue();
    }

    @Test
    void withoutARateNobodyIsTooSlow() {
        assertThat(new LeastRate(Duration.ofSeconds(10), 0).isTooSlowAfter(Long.MAX_VALUE / 2))
                .isFalse();
    }
}
