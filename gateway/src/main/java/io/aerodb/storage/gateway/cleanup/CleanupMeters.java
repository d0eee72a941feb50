package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.metadata.GarbageRepository.Waiting;
import io.aerodb.storage.metadata.OrphanRepository.Kind;
import io.aerodb.storage.metadata.OrphanRepository.Result;
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

    /** @param backends whose series are there from the start, so that their rates miss nothing */
    CleanupMeters(MeterRegistry registry, Set<String> backends) {
        this.registry = registry;
        this.swept = Counter.builder("storage.writes.swept")
                .description("Writes that were begun and never ended, and became garbage")
                .register(registry);
        backends.forEach(this::begin);
    }

    private void begin(String backend) {
        collected(backend, new Collected(0, 0, 0));
        fenced(backend, false);
        for (Kind kind : Kind.values()) {
            orphans(backend, kind, 0);
        }
    }

    void swept(long writes) {
        swept.increment(writes);
    }

    void collected(String backend, Collected collected) {
        Tags tags = Tags.of("backend", backend);
        count("storage.garbage.collected.files", "Files that were deleted", tags, collected.files());
        count("storage.garbage.collected.bytes", "Bytes that were deleted", tags, collected.bytes());
        count("storage.garbage.failures", "Files that could not be deleted", tags, collected.failed());
    }

    /** An orphan that is dealt with: an unknown file that is garbage now, or an object that is deleted for want of its file. */
    void orphan(String backend, Kind kind) {
        orphans(backend, kind, 1);
    }

    private void orphans(String backend, Kind kind, long files) {
        count(
                "storage.orphan.files",
                "Unknown files that became garbage, and objects that were deleted for want of their file",
                Tags.of("backend", backend, "kind", kind.word()),
                files);
    }

    /** What a comparison has found. */
    void found(String backend, Findings found) {
        found(backend, found.unknownFiles(), found.missing.get(), found.unreadable.get());
    }

    /** What the last comparisons have found, by whomever; nothing in backends that were never compared. */
    void results(Set<String> backends, List<Result> results) {
        backends.forEach(name -> result(results.stream()
                .filter(result -> result.backend().equals(name))
                .findFirst()
                .orElse(new Result(name, false, 0, 0, 0))));
    }

    private void result(Result result) {
        stopped(result.backend(), result.stopped());
        found(result.backend(), result.unknown(), result.missing(), result.unreadable());
    }

    private void found(String backend, long unknown, long missing, long unreadable) {
        found(backend, Kind.UNKNOWN.word(), unknown);
        found(backend, Kind.MISSING.word(), missing);
        found(backend, "unreadable", unreadable);
    }

    /** Whether a person has to say what becomes of what was found. */
    void stopped(String backend, boolean stopped) {
        set(
                "storage.cleanup.stopped",
                "1 while nothing is cleaned up until a person says go",
                Tags.of("backend", backend),
                stopped ? 1 : 0);
    }

    /** Nothing is done on a volume that another database has used, whatever comparisons have found. */
    void fenced(String backend, boolean closed) {
        set(
                "storage.cleanup.fenced",
                "1 while nothing is cleaned up because another database, or another state of this one, used the volume",
                Tags.of("backend", backend),
                closed ? 1 : 0);
    }

    private void found(String backend, String kind, long files) {
        set(
                "storage.orphan.files.found",
                "What the last comparison has found to be unknown, missing, or unreadable",
                Tags.of("backend", backend, "kind", kind),
                files);
    }

    /** What waits in the ledger; nothing for backends of which nothing is said. */
    void waiting(Set<String> backends, List<Waiting> garbage) {
        backends.forEach(name -> waiting(new Waiting(name, 0, 0, 0)));
        garbage.stream().filter(one -> backends.contains(one.backend())).forEach(this::waiting);
    }

    private void waiting(Waiting garbage) {
        Tags tags = Tags.of("backend", garbage.backend());
        set("storage.garbage.files", "Files that wait for their deletion", tags, garbage.files());
        set("storage.garbage.bytes", "Bytes that wait for their deletion", tags, garbage.bytes());
        set("storage.garbage.due.files", "Files whose time to be deleted has come", tags, garbage.due());
    }

    private void count(String name, String description, Tags tags, long amount) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment(amount);
    }

    private void set(String name, String description, Tags tags, long value) {
        gauges.computeIfAbsent(new Id(name, tags), id -> registered(id, description))
                .set(value);
    }

    private AtomicLong registered(Id id, String description) {
        AtomicLong value = new AtomicLong();
        Gauge.builder(id.name(), value, AtomicLong::doubleValue)
                .description(description)
                .tags(id.tags())
                .register(registry);
        return value;
    }
}
