package io.aerodb.storage.gateway.migration;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;

/** What this gateway has moved, by the backend that it was moved to. */
final class MigrationMeters {

    private final MeterRegistry registry;

    /** @param targets whose series are there from the start, so that their rates miss nothing */
    MigrationMeters(MeterRegistry registry, Set<String> targets) {
        this.registry = registry;
        targets.forEach(this::begin);
    }

    private void begin(String target) {
        copied(target, 0);
        moved(target, 0);
        objects(target, "failed", 0);
    }

    void copied(String target, long bytes) {
        Counter.builder("storage.migration.bytes")
                .description("Bytes that migrations have copied")
                .tag("target", target)
                .register(registry)
                .increment(bytes);
    }

    void moved(String target, long objects) {
        objects(target, "moved", objects);
    }

    void failed(String target) {
        objects(target, "failed", 1);
    }

    private void objects(String target, String outcome, long count) {
        Counter.builder("storage.migration.objects")
                .description("Objects that migrations have moved, and files that they could not move")
                .tags("target", target, "outcome", outcome)
                .register(registry)
                .increment(count);
    }
}
