package io.aerodb.storage.storm;

import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.storm.Op.Kind;
import io.aerodb.storage.storm.Op.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What all clients did in one round, by key, and which content is which value. For any threads. */
final class History {

    private final Map<Key, Queue<Op>> ops = new ConcurrentHashMap<>();
    private final Map<String, String> values = new ConcurrentHashMap<>();
    private final List<String> corruptions = java.util.Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private volatile long dead = Op.NEVER;

    /** A bucket and a path in it. */
    record Key(String bucket, String path) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return (bucket + path).compareTo(other.bucket + other.path);
        }
    }

    /** Content that nobody else writes. */
    byte[] content(String value, int size) {
        byte[] content = Bytes.random(new Random(value.hashCode()), Math.max(size, 40));
        byte[] name = Bytes.of(value);
        System.arraycopy(name, 0, content, 0, name.length);
        values.put(Bytes.sha256(content), value);
        return content;
    }

    /** The value with this SHA-256. */
    String value(String sha256) {
        String value = values.get(sha256);
        if (value == null) {
            corruptions.add("nobody wrote bytes with SHA-256 " + sha256);
            return "corrupt";
        }
        return value;
    }

    void add(Key key, Op op) {
        ops.computeIfAbsent(key, first -> new ConcurrentLinkedQueue<>()).add(op);
        if (op.result() == Result.UNKNOWN) {
            unknown.incrementAndGet();
        } else if (op.kind() != Kind.READ && op.result() == Result.DONE) {
            acknowledged.incrementAndGet();
        }
    }

    /** The gateway and its database sessions are no more: what is unknown has happened by now, or never will. */
    void gatewayIsDead() {
        dead = System.nanoTime();
    }

    /** When what is unknown has happened, or never will. */
    long endOfUnknown() {
        return dead;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long unknown() {
        return unknown.get();
    }

    Iterable<Key> keys() {
        return new java.util.TreeSet<>(ops.keySet());
    }

    /** Everything that can't be. */
    List<String> violations() {
        List<String> violations = new ArrayList<>(corruptions);
        new TreeMap<>(ops).forEach((key, all) -> violation(all).ifPresent(found -> violations.add(key + ": " + found)));
        return violations;
    }

    private Optional<String> violation(Queue<Op> all) {
        return Linearizability.violation(
                Op.ABSENT,
                all.stream()
                        .map(op -> op.result() == Result.UNKNOWN ? op.endedBy(dead) : op)
                        .toList());
    }
}
