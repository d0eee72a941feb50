package io.aerodb.storage.gateway.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What gauges say of what waits. */
class BacklogTest extends CleanupCase {

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
}
