package io.aerodb.storage.storm;

import java.util.Arrays;
import java.util.BitSet;

/**
 * One way in which things may stand with a key: its value, which of the running operations have happened, and how many of
 * the unknown ones of each kind.
 */
final class State {

    private final String value;
    private final BitSet happened;
    private final int[] used;

    State(String value, BitSet happened, int[] used) {
        this.value = value;
        this.happened = happened;
        this.used = used;
    }

    String value() {
        return value;
    }

    boolean happened(int place) {
        return happened.get(place);
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

    State forgetting(int kind) {
        int[] less = used.clone();
        if (kind < less.length) {
            less[kind] = 0;
        }
        return new State(value, happened, less);
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
