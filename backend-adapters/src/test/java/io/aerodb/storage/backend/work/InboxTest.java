package io.aerodb.storage.backend.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

class InboxTest {

    private static final int AHEAD = 256 << 10;
    private static final int LARGE = 128 << 10;

    private final AtomicLong requested = new AtomicLong();
    private final Sinks.Many<DataBuffer> content = Sinks.many().unicast().onBackpressureBuffer();
    private final Inbox inbox = new Inbox(() -> {}, AHEAD, Context.empty());

    @Test
    void tinyBuffersDoNotLetManyLargeOnesIn() {
        assertThat(askedAfter(1)).isLessThanOrEqualTo(8);
    }

    @Test
    void noMoreIsAskedForThanFitsWhenBuffersAreLarge() {
        assertThat(askedAfter(LARGE)).isEqualTo(2);
    }

    /** How many buffers are still to come when the first four, of this size, are stored. */
    private long askedAfter(int size) {
        content.asFlux().doOnRequest(requested::addAndGet).subscribe(inbox);
        for (int i = 0; i < 4; i++) {
            content.tryEmitNext(DefaultDataBufferFactory.sharedInstance.wrap(new byte[size]))
                    .orThrow();
        }
        List<DataBuffer> batch = new ArrayList<>();
        inbox.takeAll(batch);
        assertThat(batch).hasSize(4);
        inbox.stored(4);
        return requested.get() - 4;
    }
}
