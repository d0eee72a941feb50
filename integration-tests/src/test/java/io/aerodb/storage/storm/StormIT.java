package io.aerodb.storage.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The real server under everything that can befall it. {@code -Dstorm.seed=} repeats a storm, as far as threads let it;
 * {@code -Dstorm.seconds=} and {@code -Dstorm.rounds=} say how long it is.
 */
class StormIT {

    private final long seed = Long.getLong("storm.seed", System.nanoTime() % 1_000_000);

    /** With the last round, the start and the end it takes two minutes. */
    @Test
    void nothingAcknowledgedIsLostInMinutes() throws Exception {
        long end = System.nanoTime() + 1_000_000_000L * Long.getLong("storm.seconds", 100);
        run(storm -> System.nanoTime() < end);
    }

    @Test
    @Tag("slow")
    void nothingAcknowledgedIsLostInHundredsOfKills() throws Exception {
        int kills = Integer.getInteger("storm.rounds", 200);
        run(storm -> storm.kills() < kills);
    }

    private void run(Predicate<Storm> goesOn) throws Exception {
        System.out.println("storm.seed=" + seed);
        try (StormWorld world = new StormWorld()) {
            Storm storm = new Storm(world, seed);
            while (goesOn.test(storm)) {
                storm.round();
                report(storm.summary());
            }
            assertThat(storm.kills()).isPositive();
        }
    }

    private static void report(String summary) throws IOException {
        System.out.println(summary);
        Files.writeString(Path.of("target", "storm.txt"), summary + "\n");
    }
}
