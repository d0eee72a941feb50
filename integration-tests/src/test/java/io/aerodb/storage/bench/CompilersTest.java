package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The JVM's compiler threads, as the kernel tells of them. */
class CompilersTest {

    @Test
    void theThreadsOfThisJvmAreFound() {
        Compilers compilers = Compilers.now(Processes.family(ProcessHandle.current()));

        assertThat(compilers.ticks()).isNotEmpty();
        assertThat(compilers.since(compilers)).isZero();
        assertThat(compilers.since(new Compilers(true, Map.of())))
                .as("seconds that it took to get here")
                .isPositive();
    }

    @Test
    void threadsThatStartedCountAndThoseThatEndedDoNotTakeAway() {
        Compilers start = compilers(Map.of("ended", 900L, "stays", 100L, "another's number", 50L));
        Compilers end = compilers(Map.of("stays", 130L, "started", 20L, "another's number", 10L));

        assertThat(end.since(start)).isEqualTo(0.5);
    }

    @Test
    void aServerOfSomebodyElseTellsNothing() {
        Compilers unknown = Compilers.now(Processes.UNKNOWN);

        assertThat(unknown.since(unknown)).isNaN();
    }

    private static Compilers compilers(Map<String, Long> ticks) {
        Map<Path, Long> threads = new HashMap<>();
        ticks.forEach((name, count) -> threads.put(Path.of(name), count));
        return new Compilers(true, threads);
    }
}
