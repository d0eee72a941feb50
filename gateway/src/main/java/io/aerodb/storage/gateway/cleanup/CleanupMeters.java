package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.metadata.GarbageRepository.Waiting;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What was cleaned up, and what waits for it, by backend. */
final class CleanupMeters {

    private record Id(String name, Tags tags) {}

    private final MeterRegistry registry;
    private final Counter swept;
    private final Map<Id, AtomicLong> gauges = new ConcurrentHashMap<>();

    CleanupMeters(MeterRegistry registry) {
        this.registry = registry;
        this.swept = Counter.builder("storage.writes.swept")
                .description("Writes that were begun and never ended, and became garbage")
                .register(registry);
    }

    void swept(long writes) {
        swept.increment(writes);
    }

    void collected(String backend, Collected collected) {
        Tags tags = Tags.of("backend", backend);
        count("storage.garbage.collected.files", tags, collected.files());
        count("storage.garbage.collected.bytes", tags, collected.bytes());
        count("storage.garbage.failures", tags, collected.failed());
    }

    /** An orphan that is dealt with: an unknown file that is garbage now, or an object that is deleted for want of its file. */
    void orphan(String backend, Kind kind) {
        count("storage.orphan.files", Tags.of("backend", backend, "kind", kind.word()), 1);
    }

    /** What a comparison has found. */
    void found(String backend, Findings found) {
        found(backend, Kind.UNKNOWN, found.unknown.get() + found.unfinished.get());
        found(backend, Kind.MISSING, found.missing.get());
    }

    /** Whether a person has to say what becomes of what was found. */
    void stopped(String backend, boolean stopped) {
        set("storage.cleanup.stopped", Tags.of("backend", backend), stopped ? 1 : 0);
    }

    /** Nothing is done on a volume that another database has used, whatever comparisons have found. */
    void fenced(String backend, boolean closed) {
        set("storage.cleanup.fenced", Tags.of("backend", backend), closed ? 1 : 0);
    }

    private void found(String backend, Kind kind, long files) {
        set("storage.orphan.files.found", Tags.of("backend", backend, "kind", kind.word()), files);
    }

    /** What waits in the ledger; nothing for backends of which nothing is said. */
    void waiting(Set<String> backends, List<Waiting> garbage) {
        backends.forEach(name -> waiting(new Waiting(name, 0, 0, 0)));
        garbage.stream().filter(one -> backends.contains(one.backend())).forEach(this::waiting);
    }

    private void waiting(Waiting garbage) {
        Tags tags = Tags.of("backend", garbage.backend());
        set("storage.garbage.files", tags, garbage.files());
        set("storage.garbage.bytes", tags, garbage.bytes());
        set("storage.garbage.due.files", tags, garbage.due());
    }

    private void count(String name, Tags tags, long amount) {
        Counter.builder(name).tags(tags).register(registry).increment(amount);
    }

    private void set(String name, Tags tags, long value) {
        gauges.computeIfAbsent(new Id(name, tags), this::registered).set(value);
    }

    private AtomicLong registered(Id id) {
        AtomicLong value = new AtomicLong();
        Gauge.builder(id.name(), value, AtomicLong::doubleValue).tags(id.tags()).register(registry);
        return value;
    }
}
