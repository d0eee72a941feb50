package io.aerodb.storage.bench;

import java.util.ArrayList;
import java.util.List;

/** One line of the benchmark: what is asked for, of which size, over how many connections at once. */
record Line(Verb verb, int bytes, int connections) {

    /** What a request does. Each upload makes a new object; downloads go round a few that were stored before. */
    enum Verb {
        PUT,
        GET
    }

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int LARGE = 16 * MIB;

    /** Large files by 1 and 4: two are enough to keep two processors busy, and four hold more of them than there are. */
    static List<Line> all() {
        List<Line> lines = new ArrayList<>();
        for (Verb verb : Verb.values()) {
            List.of(KIB, 64 * KIB).forEach(bytes -> add(lines, verb, bytes, 1, 16, 64));
            add(lines, verb, 256 * MIB, 1, 4);
        }
        return lines;
    }

    private static void add(List<Line> lines, Verb verb, int bytes, int... connections) {
        for (int each : connections) {
            lines.add(new Line(verb, bytes, each));
        }
    }

    boolean large() {
        return bytes >= LARGE;
    }

    /** Files that downloads go round; few enough to stay in the page cache. */
    int files() {
        return large() ? 2 : 256;
    }

    /** Like {@code PUT 64 KiB c=16}. */
    @Override
    public String toString() {
        return "%s %s c=%d".formatted(verb, bytes < MIB ? bytes / KIB + " KiB" : bytes / MIB + " MiB", connections);
    }
}
