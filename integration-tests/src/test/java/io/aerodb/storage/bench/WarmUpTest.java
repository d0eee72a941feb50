package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** How long a server is warmed up that spends so many processors on compiling. */
class WarmUpTest {

    private final Line line = new Line("GET", Group.SMALL, (contestant, other) -> seconds -> null);
    private final List<Double> lengths = new ArrayList<>();

    @Test
    void itGoesOnUntilTheCompilersHadNextToNothingToDoTwice() throws Exception {
        boolean warm = new WarmUp(10, 100).run(compiling(0.9, 0.04, 0.3, 0.04, 0.03, 1));

        assertThat(warm).isTrue();
        assertThat(lengths).containsExactly(10.0, 5.0, 5.0, 5.0, 5.0);
    }

    @Test
    void itEndsAtTheLimit() throws Exception {
        boolean warm = new WarmUp(10, 18).run(compiling(0.9, 0.9, 0.9, 0.9));

        assertThat(warm).isFalse();
        assertThat(lengths).containsExactly(10.0, 5.0, 3.0);
    }

    @Test
    void whoHadOneCalmRoundBeforeTheLimitIsNotWarm() throws Exception {
        assertThat(new WarmUp(10, 15).run(compiling(0.9, 0.04, 1))).isFalse();
    }

    @Test
    void aServerThatCompilesNothingIsWarmAtOnce() throws Exception {
        boolean warm = new WarmUp(10, 100).run(compiling(0, 1));

        assertThat(warm).isTrue();
        assertThat(lengths).containsExactly(10.0);
    }

    @Test
    void aServerOfWhichNothingIsKnownIsTakenForWarm() throws Exception {
        boolean warm = new WarmUp(10, 100).run(compiling(Double.NaN, 1));

        assertThat(warm).isTrue();
        assertThat(lengths).containsExactly(10.0);
    }

    private Runner compiling(double... processors) {
        Deque<Double> rounds = new ArrayDeque<>();
        DoubleStream.of(processors).forEach(rounds::add);
        return seconds -> {
            lengths.add(seconds);
            return round(seconds, rounds.remove() * seconds);
        };
    }

    private Round round(double seconds, double compilers) {
        CpuSeconds cpu = new CpuSeconds(seconds, 0, 0, seconds, 0);
        return new Round(line, seconds, new Histogram(3), 0, cpu, Jvm.UNKNOWN, compilers, 0, Double.NaN);
    }
}
