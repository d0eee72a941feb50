package io.aerodb.storage.powercut;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.storm.Crew;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The power of the whole machine fails under load: PostgreSQL's data and the objects lie on one volume, which is cut.
 * {@code -Dpower.cuts=} says how often, {@code -Dpower.seed=} what the clients do.
 */
@Tag("slow")
class PowerCutIT {

    private static final int CUTS = Integer.getInteger("power.cuts", 30);

    private final long seed = Long.getLong("power.seed", System.nanoTime() % 1_000_000);
    private final String user = Names.user();
    private final List<String> lost = new ArrayList<>();
    private long acknowledged;

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        cut(CUTS, "--storage.local.fsync=true");

        assertThat(lost).isEmpty();
    }

    /** Or else this test could not see what it looks for. */
    @Test
    void withoutFsyncAcknowledgedObjectsAreLost() throws Exception {
        cut(1, "--storage.local.fsync=false");

        assertThat(lost).isNotEmpty();
    }

    private void cut(int times, String fsync) throws Exception {
        try (LoopVolume volume = LoopVolume.made();
                Gateway gateway = gateway(volume, fsync)) {
            String bucket = gateway.asUser(user).newBucket("private");
            if (fsync.endsWith("false")) {
                volume.sync(); // or the gateway would find no volume of its own, and not start
            }
            for (int cut : IntStream.rangeClosed(1, times).toArray()) {
                cut(volume, gateway, bucket, cut);
                report("power cuts: %s seed=%d cuts=%d acknowledged=%d lost=%d"
                        .formatted(fsync, seed, cut, acknowledged, lost.size()));
            }
            gateway.stop();
        }
    }

    private void cut(LoopVolume volume, Gateway gateway, String bucket, int cut) throws Exception {
        Crew crew = new Crew(gateway, user, List.of(bucket), seed, cut);
        crew.act(1_500);
        volume.cutPower();
        gateway.killWithChildren();
        crew.rest();
        crew.gatewayIsDead();
        volume.powerBack();
        gateway.restart();
        lost.addAll(crew.violations());
        acknowledged += crew.acknowledged();
    }

    private Gateway gateway(LoopVolume volume, String fsync) throws IOException {
        Launch launch = Launch.fresh(
                "--storage.local.enabled=true",
                "--storage.local.min-free-space=1MB",
                "--storage.embedded.binaries="
                        + Files.createDirectories(volume.directory().resolveSibling("programs")),
                fsync);
        return launch.in(volume.directory().resolve("data"))
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start();
    }

    private static void report(String line) throws IOException {
        System.out.println(line);
        Files.writeString(Path.of("target", "power-cut.txt"), line + "\n");
    }
}
