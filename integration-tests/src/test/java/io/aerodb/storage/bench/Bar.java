package io.aerodb.storage.bench;

import java.util.Optional;

/**
 * What a line has to reach, of one role: a value of its own, or so many times another's.
 *
 * @param baseline whose value on the same line it is a multiple of
 * @param other the line whose value, of the same role, it is a multiple of
 */
record Bar(Role role, Metric metric, Optional<Role> baseline, Optional<String> other, boolean atLeast, double value) {

    static Bar atLeast(Role role, Metric metric, double value) {
        return new Bar(role, metric, Optional.empty(), Optional.empty(), true, value);
    }

    static Bar atMost(Role role, Metric metric, double value) {
        return new Bar(role, metric, Optional.empty(), Optional.empty(), false, value);
    }

    /** Of requests per second. */
    static Bar times(Role role, double value, Role baseline) {
        return new Bar(role, Metric.REQUESTS, Optional.of(baseline), Optional.empty(), true, value);
    }

    static Bar atMostTimes(Role role, Metric metric, double value, String other) {
        return new Bar(role, metric, Optional.empty(), Optional.of(other), false, value);
    }

    boolean met(double figure) {
        return atLeast ? figure >= value : figure <= value;
    }

    @Override
    public String toString() {
        String of = baseline.map(role -> " × " + role.title)
                .or(() -> other.map(" × "::concat))
                .orElse("");
        String what = baseline.isPresent() ? "" : metric.title + " ";
        return what + (atLeast ? "≥ " : "≤ ") + Metric.text(value) + of;
    }
}
