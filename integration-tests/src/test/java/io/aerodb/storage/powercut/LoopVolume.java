package io.aerodb.storage.powercut;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** A file system in a file, whose power can be cut. Without root or loop devices the test ends as skipped. */
final class LoopVolume implements AutoCloseable {

    private static final Path SCRIPT = Shell.repository().resolve("integration-tests/src/test/powercut/power_cut.py");

    private final Path image;
    private final Path mountPoint;

    private LoopVolume(Path place) throws IOException {
        this.image = place.resolve("volume.img");
        this.mountPoint = Files.createDirectory(place.resolve("volume"));
    }

    static LoopVolume made() throws IOException {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        Assumptions.assumeTrue(root, "skipped: only root can mount a loop device");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/loop-control")), "skipped: no loop devices");
        Programs.require("python3");
        Programs.require("mkfs.ext4");
        Path all = Files.createDirectories(Path.of("target", "gateways").toAbsolutePath());
        LoopVolume volume = new LoopVolume(Files.createTempDirectory(all, "power-"));
        run("truncate", "-s", "768M", volume.image.toString());
        run("mkfs.ext4", "-q", "-F", volume.image.toString());
        Assumptions.assumeTrue(volume.mounts(), "skipped: this system lets nobody mount a loop device");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shell("umount", "-l", volume.mountPoint.toString())));
        return volume;
    }

    Path directory() {
        return mountPoint;
    }

    /** Brings everything to stable storage. */
    void sync() {
        run("sync", "-f", mountPoint.toString());
    }

    /** From now on nothing is written any more, and what was not on stable storage is lost. */
    void cutPower() {
        run("python3", SCRIPT.toString(), mountPoint.toString());
    }

    /** What there is after the power is back. No process may use the volume any more. */
    void powerBack() {
        unmount();
        assertThat(mounts()).as("the volume can be mounted again").isTrue();
    }

    @Override
    public void close() {
        unmount();
        try {
            Files.delete(image);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private boolean mounts() {
        return shell("mount", "-o", "loop", image.toString(), mountPoint.toString())
                        .exitCode()
                == 0;
    }

    private void unmount() {
        await("the volume's last user")
                .atMost(Duration.ofSeconds(20))
                .until(() -> shell("umount", mountPoint.toString()).exitCode() == 0);
    }

    private static void run(String... command) {
        Shell done = shell(command);
        assertThat(done.exitCode()).as("%s", done).isZero();
    }

    private static Shell shell(String... command) {
        try {
            return Shell.run(Path.of("/"), Map.of(), command);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
