package io.aerodb.storage.storm;

import static io.aerodb.storage.storm.Op.ABSENT;
import static io.aerodb.storage.storm.Op.PRESENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The check passes what can be, and fails on everything that must not be. */
class LinearizabilityTest {

    private final List<Op> ops = new ArrayList<>();

    @Test
    void oneAfterTheOtherIsFine() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.READ, "a", 2, 3);
        done(Kind.DELETE, ABSENT, 4, 5);
        done(Kind.READ, ABSENT, 6, 7);

        isPossible();
    }

    @Test
    void anAcknowledgedWriteThatIsNotThereIsFound() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.READ, ABSENT, 2, 3);

        isImpossible();
    }

    @Test
    void anAcknowledgedDeleteThatComesBackIsFound() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.DELETE, ABSENT, 2, 3);
        done(Kind.READ, "a", 4, 5);

        isImpossible();
    }

    @Test
    void anOldValueBehindANewOneIsFound() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.WRITE, "b", 2, 3);
        done(Kind.READ, "a", 4, 5);

        isImpossible();
    }

    @Test
    void aValueThatNobodyWroteIsFound() {
        done(Kind.READ, "a", 0, 1);

        isImpossible();
    }

    @Test
    void aValueBeforeItsWriteBeganIsFound() {
        done(Kind.READ, "a", 0, 1);
        done(Kind.WRITE, "a", 2, 3);

        isImpossible();
    }

    @Test
    void aReadDuringAWriteMaySeeEither() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.WRITE, "b", 2, 9);
        done(Kind.READ, "a", 3, 4);
        done(Kind.READ, "b", 5, 6);

        isPossible();
    }

    @Test
    void readersThatGoBackInTimeAreFound() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.WRITE, "b", 2, 9);
        done(Kind.READ, "b", 3, 4);
        done(Kind.READ, "a", 5, 6);

        isImpossible();
    }

    @Test
    void twoCreatesThatBothWonAreFound() {
        done(Kind.CREATE, "a", 0, 5);
        done(Kind.CREATE, "b", 1, 6);

        isImpossible();
    }

    @Test
    void aCreateThatLostAgainstNobodyIsFound() {
        add(Kind.CREATE, "a", null, Result.REFUSED, 0, 1);

        isImpossible();
    }

    @Test
    void aReplacementOfWhatWasNotThereIsFound() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.WRITE, "b", 2, 3);
        add(Kind.REPLACE, "c", "a", Result.DONE, 4, 5);

        isImpossible();
    }

    @Test
    void twoReplacementsOfTheSameVersionAreFound() {
        done(Kind.WRITE, "a", 0, 1);
        add(Kind.REPLACE, "b", "a", Result.DONE, 2, 8);
        add(Kind.REPLACE, "c", "a", Result.DONE, 3, 9);

        isImpossible();
    }

    @Test
    void aReplacementRefusedWithoutReasonIsFound() {
        done(Kind.WRITE, "a", 0, 1);
        add(Kind.REPLACE, "b", "a", Result.REFUSED, 2, 3);

        isImpossible();
    }

    @Test
    void aDeleteRefusedWithoutReasonIsFound() {
        done(Kind.WRITE, "a", 0, 1);
        add(Kind.DELETE, ABSENT, null, Result.REFUSED, 2, 3);

        isImpossible();
    }

    @Test
    void whatWasMovedAwayIsGone() {
        done(Kind.WRITE, "a", 0, 1);
        done(Kind.TAKE, "a", 2, 3);
        done(Kind.READ, "a", 4, 5);

        isImpossible();
    }

    @Test
    void anUnknownWriteMayHaveHappenedOrNot() {
        done(Kind.WRITE, "a", 0, 1);
        add(Kind.WRITE, "b", null, Result.UNKNOWN, 2, 3);
        done(Kind.READ, "a", 4, 5);
        done(Kind.READ, "b", 6, 7);

        isPossible();
    }

    @Test
    void anUnknownWriteHappensOnceOnly() {
        add(Kind.WRITE, "b", null, Result.UNKNOWN, 0, 1);
        done(Kind.READ, "b", 2, 3);
        done(Kind.DELETE, ABSENT, 4, 5);
        done(Kind.READ, "b", 6, 7);

        isImpossible();
    }

    @Test
    void anUnknownDeleteExplainsOneLossAndNotTwo() {
        done(Kind.WRITE, "a", 0, 1);
        add(Kind.DELETE, ABSENT, null, Result.UNKNOWN, 2, 3);
        done(Kind.READ, ABSENT, 4, 5);
        isPossible();

        done(Kind.WRITE, "b", 6, 7);
        done(Kind.READ, ABSENT, 8, 9);
        isImpossible();
    }

    @Test
    void anUnknownWriteThatNobodySawMayBeWhatWasThere() {
        add(Kind.WRITE, "b", null, Result.UNKNOWN, 0, 1);
        add(Kind.CREATE, "c", null, Result.REFUSED, 2, 3);
        done(Kind.READ, PRESENT, 4, 5);
        isPossible();

        done(Kind.READ, ABSENT, 6, 7);
        isImpossible();
    }

    /** What a real register did under real concurrency is possible, and is not any more with one acknowledged write lost. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLongHistoryIsJudgedInTimeAndOneLostWriteInItIsFound(long seed) {
        Random random = new Random(seed);
        String value = ABSENT;
        long time = 0;
        for (int i = 0; i < 10_000; i++) {
            time += 10;
            long begun = time - random.nextInt(25);
            long ended = time + 1 + random.nextInt(25);
            switch (random.nextInt(4)) {
                case 0 -> done(Kind.WRITE, value = "v" + i, begun, ended);
                case 1 -> value = deleted(value, begun, ended);
                case 2 -> add(Kind.WRITE, "u" + i, null, Result.UNKNOWN, begun, ended);
                default -> done(Kind.READ, value, begun, ended);
            }
        }
        Assertions.assertTimeout(Duration.ofSeconds(20), this::isPossible);

        done(Kind.WRITE, "last", time + 100, time + 101);
        done(Kind.READ, value.equals(ABSENT) ? "v0" : value, time + 102, time + 103);
        isImpossible();
    }

    private String deleted(String value, long begun, long ended) {
        add(Kind.DELETE, ABSENT, null, value.equals(ABSENT) ? Result.REFUSED : Result.DONE, begun, ended);
        return ABSENT;
    }

    private void done(Kind kind, String value, long begun, long ended) {
        add(kind, value, null, Result.DONE, begun, ended);
    }

    private void add(Kind kind, String value, String expected, Result result, long begun, long ended) {
        ops.add(new Op("client", kind, value, expected, result, begun, ended));
    }

    private void isPossible() {
        assertThat(Linearizability.violation(ABSENT, ops)).isEmpty();
    }

    private void isImpossible() {
        assertThat(Linearizability.violation(ABSENT, ops)).isNotEmpty();
    }
}
