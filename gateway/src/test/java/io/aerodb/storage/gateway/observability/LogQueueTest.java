package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogQueueTest {

    private final LoggerContext context = new LoggerContext();
    private final SlowSink sink = new SlowSink();
    private final LogQueue queue = new LogQueue();

    private void start(int size) {
        context.setMDCAdapter(new LogbackMDCAdapter());
        LogEncoder encoder = new LogEncoder();
        encoder.setContext(context);
        encoder.start();
        queue.setContext(context);
        queue.setName("test");
        queue.setQueueSize(size);
        queue.setSink(sink);
        queue.setEncoder(encoder);
        queue.start();
    }

    @AfterEach
    void stop() {
        sink.permits.release(1_000_000);
        sink.full = false;
        queue.stop();
    }

    private void say(String message) {
        queue.doAppend(new LoggingEvent("fqcn", context.getLogger("test"), Level.INFO, message, null, new Object[0]));
    }

    @Test
    void nobodyWaitsForASlowReaderAndWhatIsLostIsCountedAndTold() {
        start(16);
        say("first");
        await().until(sink.permits::hasQueuedThreads);
        for (int i = 0; i < 20; i++) {
            say("line " + i);
        }
        assertThat(queue.dropped()).isEqualTo(4);
        assertThat(queue.filled()).isEqualTo(1);

        sink.permits.release(1_000);

        await().until(() -> sink.text().contains("line 15"));
        assertThat(sink.text())
                .contains("event=log_lines_dropped log=test count=4")
                .doesNotContain("line 16");
        assertThat(queue.filled()).isZero();
    }

    @Test
    void whatIsWaitingIsWrittenAtTheEnd() {
        start(1024);
        for (int i = 0; i < 1000; i++) {
            say("line " + i);
        }
        sink.permits.release(1_000_000);
        queue.stop();

        assertThat(sink.text().lines().filter(line -> line.contains("\"line "))).hasSize(1000);
        assertThat(queue.dropped()).isZero();
    }

    @Test
    void aFullDiskLosesNothingOnceItHasRoomAgain() {
        sink.full = true;
        sink.permits.release(1_000_000);
        start(1024);
        say("kept");
        await().until(() -> queue.failures() > 0);
        assertThat(sink.text()).isEmpty();

        sink.full = false;

        await().until(() -> sink.text().contains("kept"));
        assertThat(queue.dropped()).isZero();
    }

    /** Takes a batch for each permit. */
    private static final class SlowSink implements LogSink {

        private final Semaphore permits = new Semaphore(0);
        private final StringBuffer written = new StringBuffer();
        private volatile boolean full;

        String text() {
            return written.toString();
        }

        @Override
        public void write(byte[] lines, int length) throws IOException {
            permits.acquireUninterruptibly();
            if (full) {
                throw new IOException("No space left on device");
            }
            written.append(new String(lines, 0, length, StandardCharsets.UTF_8));
        }

        @Override
        public boolean mends() {
            return true;
        }

        @Override
        public void close() {}
    }
}
