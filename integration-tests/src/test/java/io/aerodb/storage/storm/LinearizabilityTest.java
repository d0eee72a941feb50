package io.aerodb.storage.storm;

import static io.aerodb.storage.storm.Op.ABSENT;
import static io.aerodb.storage.storm.Op.NEVER;
import static io.aerodb.storage.storm.Op.PRESENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        unknown(Kind.WRITE, "b", 2, NEVER);
        done(Kind.READ, "a", 4, 5);
        done(Kind.READ, "b", 6, 7);

        isPossible();
    }

    @Test
    void anUnknownWriteHappensOnceOnly() {
        unknown(Kind.WRITE, "b", 0, NEVER);
        done(Kind.READ, "b", 2, 3);
        done(Kind.DELETE, ABSENT, 4, 5);
        done(Kind.READ, "b", 6, 7);

        isImpossible();
    }

    @Test
    void anUnknownDeleteExplainsOneLossAndNotTwo() {
        done(Kind.WRITE, "a", 0, 1);
        unknown(Kind.DELETE, ABSENT, 2, NEVER);
        done(Kind.READ, ABSENT, 4, 5);
        isPossible();

        done(Kind.WRITE, "b", 6, 7);
        done(Kind.READ, ABSENT, 8, 9);
        isImpossible();
    }

    @Test
    void anUnknownWriteThatNobodySawMayBeWhatWasThere() {
        unknown(Kind.WRITE, "b", 0, NEVER);
        add(Kind.CREATE, "c", null, Result.REFUSED, 2, 3);
        done(Kind.READ, PRESENT, 4, 5);
        isPossible();

        done(Kind.READ, ABSENT, 6, 7);
        isImpossible();
    }

    @Test
    void anUnknownWriteDoesNotHappenWhenItsGatewayIsDead() {
        done(Kind.WRITE, "a", 0, 1);
        unknown(Kind.WRITE, "b", 2, 5);
        done(Kind.READ, "a", 6, 7);
        isPossible();

        done(Kind.READ, "b", 8, 9);
        isImpossible();
    }

    @Test
    void anUnknownDeleteDoesNotHappenWhenItsGatewayIsDead() {
        done(Kind.WRITE, "a", 0, 1);
        unknown(Kind.DELETE, ABSENT, 2, 5);
        done(Kind.READ, "a", 6, 7);
        isPossible();

        done(Kind.READ, ABSENT, 8, 9);
        isImpossible();
    }

    @Test
    void anUnknownWriteThatHappenedBeforeItsGatewayDiedIsSeenAfterwards() {
        done(Kind.WRITE, "a", 0, 1);
        unknown(Kind.WRITE, "b", 2, 5);
        done(Kind.READ, "a", 4, 8);
        done(Kind.READ, "b", 9, 10);
        isPossible();

        done(Kind.READ, "a", 11, 12);
        isImpossible();
    }

    @Test
    void ofUnknownWritesOverEachOtherTheLastMayStay() {
        done(Kind.WRITE, "a", 0, 1);
        replacement("b", "a", Result.UNKNOWN, 2, 9);
        replacement("c", "b", Result.UNKNOWN, 3, 9);
        done(Kind.READ, "a", 4, 5);
        done(Kind.READ, "c", 10, 11);
        isPossible();

        done(Kind.READ, "b", 12, 13);
        isImpossible();
    }

    @Test
    void anUnknownReplacementOfWhatAWriteLeavesMayBeTheLastWordOfADeadGateway() {
        done(Kind.WRITE, "a", 0, 9);
        replacement("b", "a", Result.UNKNOWN, 1, 5);
        done(Kind.READ, "b", 10, 11);
        isPossible();

        done(Kind.READ, "a", 12, 13);
        isImpossible();
    }

    @Test
    void unknownDeletesExplainAsManyLossesAsThereAre() {
        unknown(Kind.DELETE, ABSENT, 0, NEVER);
        unknown(Kind.DELETE, ABSENT, 1, NEVER);
        for (int loss = 1; loss <= 2; loss++) {
            done(Kind.WRITE, "a" + loss, 10 * loss, 10 * loss + 1);
            done(Kind.READ, ABSENT, 10 * loss + 2, 10 * loss + 3);
        }
        isPossible();

        done(Kind.WRITE, "a3", 30, 31);
        done(Kind.READ, ABSENT, 32, 33);
        isImpossible();
    }

    private void done(Kind kind, String value, long begun, long ended) {
        add(kind, value, null, Result.DONE, begun, ended);
    }

    private void unknown(Kind kind, String value, long begun, long ended) {
        add(kind, value, null, Result.UNKNOWN, begun, ended);
    }

    private void replacement(String value, String expected, Result result, long begun, long ended) {
        add(Kind.REPLACE, value, expected, result, begun, ended);
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
