package io.aerodb.storage.storm;

import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the operations on one key can have happened one after the other, each at some moment between its begin and its
 * end (Herlihy and Wing, 1990).
 *
 * <p>Goes through begins and ends in their order and keeps every state that the key can be in: its value, which running
 * operations have happened, and how many of the unknown ones. An operation is made to happen only when it ends or when
 * another one needs it (Lowe, "Testing for linearizability", 2017). As each value is written once, and unknown writes that
 * nobody saw are all alike, there are few states: the time is linear in the operations, for so many clients.
 */
final class Linearizability {

    private static final String UNSEEN = "unseen";

    private final List<Op> ops;
    private final Set<String> seen = new HashSet<>();
    /** Unknown operations of which one is as good as another, and how many of them have begun. */
    private final Map<Op, Integer> kinds = new HashMap<>();

    private final List<Op> alike = new ArrayList<>();
    private final List<Integer> begun = new ArrayList<>();
    private final List<Op> running = new ArrayList<>();
    private Set<State> states;

    private Linearizability(String initial, List<Op> ops) {
        this.ops = ops;
        this.states = Set.of(new State(initial, new BitSet(), new int[0]));
        ops.stream()
                .flatMap(op -> java.util.stream.Stream.of(
                        op.kind() == Kind.READ || op.kind() == Kind.TAKE ? op.value() : null, op.expected()))
                .filter(Objects::nonNull)
                .forEach(seen::add);
    }

    /** Why the history of a key can't be; empty when it can. */
    static Optional<String> violation(String initial, List<Op> ops) {
        return new Linearizability(initial, ops).violation();
    }

    private Optional<String> violation() {
        for (Event event : events()) {
            if (event.begins()) {
                begin(event.op());
            } else if (!end(event.op())) {
                return Optional.of("%s is impossible in %s%n%s".formatted(event.op(), states, listed()));
            }
        }
        return Optional.empty();
    }

    private List<Event> events() {
        List<Event> events = new ArrayList<>();
        for (Op op : ops) {
            events.add(new Event(op, true, op.begun()));
            if (op.result() != Result.UNKNOWN) {
                events.add(new Event(op, false, op.ended()));
            }
        }
        events.sort(Comparator.comparingLong(Event::time).thenComparing(Event::begins, Comparator.reverseOrder()));
        return events;
    }

    private void begin(Op op) {
        if (op.result() == Result.UNKNOWN) {
            int kind = kinds.computeIfAbsent(anyLike(op), first -> {
                alike.add(first);
                begun.add(0);
                return alike.size() - 1;
            });
            begun.set(kind, begun.get(kind) + 1);
            return;
        }
        int free = running.indexOf(null);
        if (free < 0) {
            running.add(op);
        } else {
            running.set(free, op);
        }
    }

    private Op anyLike(Op op) {
        String value = seen.contains(op.value()) ? op.value() : UNSEEN;
        return new Op("", op.kind(), value, op.expected(), op.result(), 0, 0);
    }

    /** Goes on with the states in which the operation has happened. */
    private boolean end(Op op) {
        int place = identical(op);
        Set<State> after = new HashSet<>();
        Set<State> known = new HashSet<>(states);
        Deque<State> open = new ArrayDeque<>(states);
        while (!open.isEmpty()) {
            State state = open.remove();
            if (state.happened.get(place)) {
                after.add(state.without(place));
            } else {
                nexts(state).stream()
                        .filter(next -> known.stream().noneMatch(next::isNoBetterThan))
                        .forEach(next -> {
                            known.add(next);
                            open.add(next);
                        });
            }
        }
        if (after.isEmpty()) {
            return false;
        }
        running.set(place, null);
        states = after;
        return true;
    }

    private int identical(Op op) {
        int place = 0;
        while (running.get(place) != op) {
            place++;
        }
        return place;
    }

    private List<State> nexts(State state) {
        List<State> nexts = new ArrayList<>();
        for (int place = 0; place < running.size(); place++) {
            Op op = running.get(place);
            if (op != null && !state.happened.get(place)) {
                int happens = place;
                op.after(state.value).ifPresent(value -> nexts.add(state.with(value, happens)));
            }
        }
        for (int kind = 0; kind < alike.size(); kind++) {
            if (state.used(kind) < begun.get(kind)) {
                int happens = kind;
                alike.get(kind).after(state.value).ifPresent(value -> nexts.add(state.using(value, happens)));
            }
        }
        return nexts;
    }

    private String listed() {
        StringBuilder text = new StringBuilder();
        ops.stream().sorted(Comparator.comparingLong(Op::begun)).forEach(op -> text.append(op)
                .append('\n'));
        return text.toString();
    }

    private record Event(Op op, boolean begins, long time) {}

    /** One way in which things may stand. */
    private static final class State {

        private final String value;
        private final BitSet happened;
        private final int[] used;

        State(String value, BitSet happened, int[] used) {
            this.value = value;
            this.happened = happened;
            this.used = used;
        }

        int used(int kind) {
            return kind < used.length ? used[kind] : 0;
        }

        State with(String newValue, int place) {
            BitSet more = (BitSet) happened.clone();
            more.set(place);
            return new State(newValue, more, used);
        }

        State without(int place) {
            BitSet less = (BitSet) happened.clone();
            less.clear(place);
            return new State(value, less, used);
        }

        State using(String newValue, int kind) {
            int[] more = Arrays.copyOf(used, Math.max(used.length, kind + 1));
            more[kind]++;
            return new State(newValue, happened, more);
        }

        /** The same, with no fewer of the unknown ones used up. */
        boolean isNoBetterThan(State other) {
            if (!value.equals(other.value) || !happened.equals(other.happened)) {
                return false;
            }
            for (int kind = 0; kind < Math.max(used.length, other.used.length); kind++) {
                if (used(kind) < other.used(kind)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public boolean equals(Object object) {
            return object instanceof State other && isNoBetterThan(other) && other.isNoBetterThan(this);
        }

        @Override
        public int hashCode() {
            return 31 * value.hashCode() + happened.hashCode();
        }

        @Override
        public String toString() {
            return "%s %s %s".formatted(value, happened, Arrays.toString(used));
        }
    }
}
