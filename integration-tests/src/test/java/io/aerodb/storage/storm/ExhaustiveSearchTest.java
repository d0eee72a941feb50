package io.aerodb.storage.storm;

import static io.aerodb.storage.storm.Op.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The check of linearizability says of small histories what a search through all orders says. */
class ExhaustiveSearchTest {

    private static final int HISTORIES = 30_000;
    private static final int OPS = 7;

    private final Random random = new Random(1);
    private int possible;

    @Test
    void theTwoAgree() {
        for (int i = 0; i < HISTORIES; i++) {
            List<Op> history = IntStream.range(0, OPS)
                    .mapToObj(this::op)
                    .map(this::perhapsWithoutEnd)
                    .toList();
            boolean found = found(ABSENT, history);
            assertThat(Linearizability.violation(ABSENT, history).isEmpty())
                    .as("%s", history)
                    .isEqualTo(found);
            possible += found ? 1 : 0;
        }
        assertThat(possible).isBetween(HISTORIES / 20, HISTORIES - HISTORIES / 20);
    }

    /** Whether there is an order. */
    private static boolean found(String value, List<Op> left) {
        return left.stream().allMatch(ExhaustiveSearchTest::isUnknown)
                || left.stream()
                        .filter(next ->
                                left.stream().noneMatch(other -> !isUnknown(other) && other.ended() < next.begun()))
                        .anyMatch(next -> next.after(value)
                                .filter(after -> found(after, without(next, left)))
                                .isPresent());
    }

    /** What was unknown and is over by then has not happened. */
    private static List<Op> without(Op next, List<Op> left) {
        List<Op> others = new ArrayList<>(left);
        others.remove(next);
        others.removeIf(other -> other.ended() < next.begun());
        return others;
    }

    private static boolean isUnknown(Op op) {
        return op.result() == Result.UNKNOWN;
    }

    private Op op(int number) {
        long begun = random.nextInt(20);
        long ended = begun + 1 + random.nextInt(8);
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Op("", Kind.WRITE, value(number), null, doneOrUnknown(), begun, ended);
            case 2 -> new Op("", Kind.CREATE, value(number), null, any(), begun, ended);
            case 3 -> new Op("", Kind.REPLACE, value(number), someValue(), any(), begun, ended);
            case 4 -> new Op("", Kind.DELETE, ABSENT, null, any(), begun, ended);
            case 5 -> new Op("", Kind.TAKE, someValue(), null, Result.DONE, begun, ended);
            default ->
                new Op("", Kind.READ, random.nextInt(3) == 0 ? ABSENT : someValue(), null, Result.DONE, begun, ended);
        };
    }

    private Op perhapsWithoutEnd(Op op) {
        return isUnknown(op) && random.nextBoolean()
                ? new Op("", op.kind(), op.value(), op.expected(), op.result(), op.begun(), Op.NEVER)
                : op;
    }

    private Result any() {
        return Result.values()[random.nextInt(Result.values().length)];
    }

    private Result doneOrUnknown() {
        return random.nextBoolean() ? Result.DONE : Result.UNKNOWN;
    }

    private String someValue() {
        return random.nextInt(OPS) == 0 ? Op.PRESENT : value(random.nextInt(OPS));
    }

    private static String value(int number) {
        return "v" + number;
    }
}
