package io.aerodb.storage.storm;

import static io.aerodb.storage.storm.Op.ABSENT;
import static io.aerodb.storage.storm.Op.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check of linearizability is fast enough for what a storm does, and finds one fault in it. */
class RandomHistoriesTest {

    private static final int LONG = 10_000;

    private final List<Op> ops = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLongHistoryIsJudgedInTime(long seed) {
        liveLong(seed, pause -> {});

        assertTimeout(Duration.ofSeconds(20), this::isPossible);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aWriteLostInTheMiddleOfALongHistoryIsFound(long seed) {
        liveLong(seed, pause -> {
            done(Kind.WRITE, "lost", pause.begun(), pause.begun() + 1);
            done(Kind.READ, pause.value(), pause.begun() + 2, pause.begun() + 3);
        });

        isImpossible();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anUnknownWriteThatComesBackInTheMiddleOfALongHistoryIsFound(long seed) {
        liveLong(seed, pause -> {
            unknown(Kind.WRITE, "back", pause.begun(), pause.begun() + 1);
            done(Kind.READ, pause.value(), pause.begun() + 2, pause.begun() + 3);
            done(Kind.READ, "back", pause.begun() + 4, pause.begun() + 5);
        });

        isImpossible();
    }

    /** What a real register did under real concurrency; of what is unknown, half was done, and half ended some time. */
    private void liveLong(long seed, Consumer<Pause> inTheMiddle) {
        Random random = new Random(seed);
        String value = ABSENT;
        long time = 1_000;
        for (int i = 0; i < LONG; i++) {
            time += 10;
            long begun = time - random.nextInt(25);
            long ended = time + 1 + random.nextInt(25);
            switch (random.nextInt(5)) {
                case 0 -> done(Kind.WRITE, value = "v" + i, begun, ended);
                case 1 -> value = deleted(value, begun, ended);
                case 2 -> {
                    unknown(Kind.WRITE, "u" + i, time - random.nextInt(200), random.nextBoolean() ? ended : NEVER);
                    value = random.nextBoolean() ? "u" + i : value;
                }
                default -> done(Kind.READ, value, begun, ended);
            }
            if (i == LONG / 2) {
                inTheMiddle.accept(new Pause(time + 50, value));
                time += 100;
            }
        }
    }

    /** When nothing runs, and the value of the register then. */
    private record Pause(long begun, String value) {}

    private String deleted(String value, long begun, long ended) {
        add(Kind.DELETE, ABSENT, value.equals(ABSENT) ? Result.REFUSED : Result.DONE, begun, ended);
        return ABSENT;
    }

    private void done(Kind kind, String value, long begun, long ended) {
        add(kind, value, Result.DONE, begun, ended);
    }

    private void unknown(Kind kind, String value, long begun, long ended) {
        add(kind, value, Result.UNKNOWN, begun, ended);
    }

    private void add(Kind kind, String value, Result result, long begun, long ended) {
        ops.add(new Op("client", kind, value, null, result, begun, ended));
    }

    private void isPossible() {
        assertThat(Linearizability.violation(ABSENT, ops)).isEmpty();
    }

    private void isImpossible() {
        assertThat(Linearizability.violation(ABSENT, ops)).isNotEmpty();
    }
}
