package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What loops measure of a server that stands still for half a second. */
class LoadTest {

    private static final long STALL_MILLIS = 500;
    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(STALL_MILLIS / 4);

    private final AtomicInteger requests = new AtomicInteger();
    private final ReentrantLock oneAtATime = new ReentrantLock();

    @Test
    void anOpenLoopCountsAllThatHadToWaitForTheStall() throws Exception {
        Round round = round(line().perSecond(400), this::stalling);

        assertThat(round.requests()).isEqualTo(600);
        assertThat(late(round.latency()))
                .isGreaterThan(100); // of the 150 due in three quarters of it, over 64 connections
        assertThat(Metric.P99.of(round)).isGreaterThan(STALL_MILLIS / 2.0);
    }

    @Test
    void aClosedLoopAsksLessMeanwhileAndSeesItOnce() throws Exception {
        Round round = round(line().connections(1), this::stalling);

        assertThat(late(round.latency())).isEqualTo(1);
        assertThat(round.requests()).isGreaterThan(300);
    }

    @Test
    void requestsThatFailAreCountedApart() throws Exception {
        Round round = round(line().connections(2), exchange -> {
            exchange.sendResponseHeaders(requests.incrementAndGet() % 2 == 0 ? 503 : 200, -1);
            exchange.close();
        });

        assertThat(round.failed()).isPositive();
        assertThat(round.requests()).isPositive();
        assertThat(round.failed() + round.requests()).isEqualTo(requests.get());
    }

    @Test
    void aRoundInWhichAllFailsIsNone() {
        assertThatThrownBy(() -> round(line().connections(1), exchange -> {
                    exchange.sendResponseHeaders(403, -1);
                    exchange.close();
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("GET /b/0")
                .hasMessageContaining("403");
    }

    private static Line line() {
        return Line.load("GET", Group.SMALL, (contestant, line) -> number -> null);
    }

    private static Round round(Line line, com.sun.net.httpserver.HttpHandler answers) throws Exception {
        try (StubTarget target = new StubTarget(answers)) {
            return new Load(target, line, number -> target.request("GET", "b", "" + number)).round(1.5);
        }
    }

    private static long late(Histogram latency) {
        return latency.getCountBetweenValues(LATE, Long.MAX_VALUE);
    }

    /** One request after the other; the 50th takes its time, and the others wait for it. */
    private void stalling(HttpExchange exchange) throws IOException {
        oneAtATime.lock();
        try {
            if (requests.incrementAndGet() == 50) {
                new CountDownLatch(1).await(STALL_MILLIS, TimeUnit.MILLISECONDS);
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            oneAtATime.unlock();
        }
    }
}
