package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogLimitTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE);
    private final LogLimit limit = new LogLimit(2, Duration.ofNanos(10), now::get);

    @Test
    void linesBeyondTheLimitAreCountedAndTheNextStretchHasLinesAgain() {
        assertThat(limit.permits()).isTrue();
        assertThat(limit.permits()).isTrue();
        assertThat(limit.permits()).isFalse();
        now.addAndGet(9);
        assertThat(limit.permits()).isFalse();

        now.addAndGet(1);
        assertThat(limit.permits()).isTrue();
        assertThat(limit.dropped()).isEqualTo(2);
        assertThat(limit.dropped()).isZero();
    }
}
