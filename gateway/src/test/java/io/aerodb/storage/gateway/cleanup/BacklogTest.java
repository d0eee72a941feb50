package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What gauges say of what waits. */
class BacklogTest extends OrphanCleanupCase {

    @Test
    void theGaugeOfStoppedBackendsSaysWhatTheDatabaseSays() {
        metadata.run("INSERT INTO storage_private.comparisons (backend, run, stopped) VALUES"
                + " ('local', gen_random_uuid(), 'too much')");
        Backlog backlog = new Backlog(
                metadata.orphans(instance, DEAD_AFTER), garbage(), meters, Set.of("local"), Duration.ofHours(1));

        backlog.measure().block(LIMIT);
        assertThat(registry.get("storage.cleanup.stopped").gauge().value()).isEqualTo(1);

        metadata.run("UPDATE storage_private.comparisons SET stopped = NULL");
        backlog.measure().block(LIMIT);
        assertThat(registry.get("storage.cleanup.stopped").gauge().value()).isZero();
    }

    @Test
    void everyGatewayTellsWhatTheLastComparisonHasFoundWhoeverMadeIt() {
        unknownFile();
        unknownFile();
        summary(false);
        SimpleMeterRegistry anothers = new SimpleMeterRegistry();
        Backlog backlog = new Backlog(
                metadata.orphans(instance, DEAD_AFTER),
                garbage(),
                new CleanupMeters(anothers, Set.of("local")),
                Set.of("local"),
                Duration.ofHours(1));

        backlog.measure().block(LIMIT);
        assertThat(found(anothers, "unknown")).isEqualTo(2);

        summary(false);
        backlog.measure().block(LIMIT);
        assertThat(found(anothers, "unknown")).isZero();
    }

    private static double found(SimpleMeterRegistry registry, String kind) {
        return registry.get("storage.orphan.files.found")
                .tags("backend", "local", "kind", kind)
                .gauge()
                .value();
    }
}
