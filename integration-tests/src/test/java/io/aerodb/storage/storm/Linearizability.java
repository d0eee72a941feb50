package io.aerodb.storage.storm;

import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the operations on one key can have happened one after the other, each at some moment between its begin and its
 * end, and each of unknown outcome there or never (Herlihy and Wing, 1990).
 *
 * <p>Goes through begins and ends in their order and keeps every {@link State} that the key can be in. An operation is made
 * to happen only when it ends or when another one needs it (Lowe, "Testing for linearizability", 2017). As each value is
 * written once, unknown operations that nobody saw are counted by their kind, not told apart, and one that must have happened
 * is forgotten. The time for each operation grows with how many clients run at once, and with the unknown operations that
 * differ in their effect and may still happen: seen later, or replacing different values. The first are few at any moment;
 * of the second there are as many as replacements without an answer.
 */
final class Linearizability {

    private static final String UNSEEN = "unseen";

    private final List<Op> ops;
    private final Set<String> seen;
    private final List<Op> running = new ArrayList<>();
    private final List<Unknown> unknown = new ArrayList<>();
    private Set<State> states;

    private Linearizability(String initial, List<Op> ops) {
        this.ops = ops;
        this.seen = ops.stream()
                .flatMap(Linearizability::seenBy)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        this.states = Set.of(new State(initial, new BitSet(), new int[0]));
    }

    /** Why the history of a key can't be; empty when it can. */
    static Optional<String> violation(String initial, List<Op> ops) {
        return new Linearizability(initial, ops).violation();
    }

    private static Stream<String> seenBy(Op op) {
        return Stream.of(op.kind() == Kind.READ || op.kind() == Kind.TAKE ? op.value() : null, op.expected());
    }

    private Optional<String> violation() {
        for (Event event : events()) {
            if (event.begins()) {
                begin(event.op());
            } else if (event.op().result() == Result.UNKNOWN) {
                expire(event.op());
            } else if (!end(event.op())) {
                return Optional.of("%s is impossible in %s%n%s".formatted(event.op(), states, listed()));
            }
        }
        return Optional.empty();
    }

    private List<Event> events() {
        return ops.stream()
                .flatMap(op -> Stream.of(new Event(op, true, op.begun()), new Event(op, false, op.ended())))
                .filter(event -> event.time() != Op.NEVER)
                .sorted(Comparator.comparingLong(Event::time).thenComparing(Event::begins, Comparator.reverseOrder()))
                .toList();
    }

    private void begin(Op op) {
        if (op.result() != Result.UNKNOWN) {
            put(running, op);
            return;
        }
        Op kind = kind(op);
        int place = place(kind);
        if (place < 0) {
            put(unknown, new Unknown(kind, 1));
        } else {
            unknown.set(place, unknown.get(place).oneMore());
        }
    }

    private static <T> void put(List<T> places, T content) {
        int free = places.indexOf(null);
        if (free < 0) {
            places.add(content);
        } else {
            places.set(free, content);
        }
    }

    /** Equal to that of any other that is as good. */
    private Op kind(Op op) {
        String value = seen.contains(op.value()) ? op.value() : UNSEEN;
        return new Op("", op.kind(), value, op.expected(), op.result(), 0, op.ended());
    }

    private int place(Op kind) {
        for (int place = 0; place < unknown.size(); place++) {
            if (unknown.get(place) != null && unknown.get(place).kind().equals(kind)) {
                return place;
            }
        }
        return -1;
    }

    /** Goes on with the states in which the operation has happened; false when there are none. */
    private boolean end(Op op) {
        int place = identical(op);
        Set<State> after = reached(state -> state.happened(place)).stream()
                .filter(state -> state.happened(place))
                .map(state -> state.without(place))
                .collect(Collectors.toSet());
        running.set(place, null);
        states = after.isEmpty() ? states : after;
        forgetUsedUp();
        return !after.isEmpty();
    }

    private int identical(Op op) {
        int place = 0;
        while (running.get(place) != op) {
            place++;
        }
        return place;
    }

    /** Of this kind, those that have not happened by now never will. */
    private void expire(Op op) {
        int place = place(kind(op));
        if (place >= 0) { // or each of them has happened
            states = reached(state -> false).stream()
                    .filter(state -> states.contains(state) || state.used(place) > 0)
                    .collect(Collectors.toSet());
            forget(place);
        }
    }

    private void forgetUsedUp() {
        for (int place = 0; place < unknown.size(); place++) {
            Unknown each = unknown.get(place);
            int kind = place;
            if (each != null && states.stream().allMatch(state -> state.used(kind) == each.begun())) {
                forget(place);
            }
        }
    }

    private void forget(int place) {
        unknown.set(place, null);
        states = states.stream().map(state -> state.forgetting(place)).collect(Collectors.toSet());
    }

    /** All states that can follow, but none that is worse than another; what has arrived goes no further. */
    private Set<State> reached(Predicate<State> arrived) {
        Set<State> known = new HashSet<>(states);
        Deque<State> open = new ArrayDeque<>(states);
        while (!open.isEmpty()) {
            State state = open.remove();
            if (!arrived.test(state)) {
                nexts(state)
                        .filter(next -> known.stream().noneMatch(next::isNoBetterThan))
                        .forEach(next -> {
                            known.add(next);
                            open.add(next);
                        });
            }
        }
        return known;
    }

    private Stream<State> nexts(State state) {
        List<State> nexts = new ArrayList<>();
        for (int place = 0; place < running.size(); place++) {
            int happens = place;
            if (running.get(place) != null && !state.happened(place)) {
                running.get(place).after(state.value()).ifPresent(value -> nexts.add(state.with(value, happens)));
            }
        }
        for (int place = 0; place < unknown.size(); place++) {
            int happens = place;
            if (unknown.get(place) != null
                    && state.used(place) < unknown.get(place).begun()) {
                unknown.get(place)
                        .kind()
                        .after(state.value())
                        .ifPresent(value -> nexts.add(state.using(value, happens)));
            }
        }
        return nexts.stream();
    }

    private String listed() {
        return ops.stream()
                .sorted(Comparator.comparingLong(Op::begun))
                .map(op -> op + "\n")
                .collect(Collectors.joining());
    }

    private record Event(Op op, boolean begins, long time) {}

    /** Operations that may still happen, of which one is as good as another: how many have begun. */
    private record Unknown(Op kind, int begun) {

        Unknown oneMore() {
            return new Unknown(kind, begun + 1);
        }
    }
}
