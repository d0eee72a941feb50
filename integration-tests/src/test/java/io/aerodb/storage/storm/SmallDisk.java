package io.aerodb.storage.storm;

import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A file system of its own that can be filled, where this process may mount one. */
final class SmallDisk implements AutoCloseable {

    private static final String SIZE = "192m";

    private final Path directory;

    private SmallDisk(Path directory) {
        this.directory = directory;
    }

    static Optional<SmallDisk> mounted() throws IOException, InterruptedException {
        Path all = Files.createDirectories(Path.of("target", "gateways").toAbsolutePath());
        Path directory = Files.createTempDirectory(all, "disk-");
        Shell mount =
                Shell.run(directory, Map.of(), "sh", "-c", "mount -t tmpfs -o size=" + SIZE + " storm " + directory);
        if (mount.exitCode() != 0) {
            System.out.println("no small disk, so none is filled: " + mount.err());
            return Optional.empty();
        }
        SmallDisk disk = new SmallDisk(directory);
        Runtime.getRuntime().addShutdownHook(new Thread(disk::unmount)); // should the tests be killed
        return Optional.of(disk);
    }

    Path directory() {
        return directory;
    }

    /** Leaves no byte. */
    void fill() throws IOException {
        byte[] block = new byte[64 << 10];
        try (OutputStream filler = Files.newOutputStream(filler())) {
            while (true) {
                filler.write(block);
            }
        } catch (IOException full) {
            return;
        }
    }

    void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    @Override
    public void close() throws IOException {
        unmount();
        Files.deleteIfExists(directory);
    }

    private void unmount() {
        try {
            Shell.run(directory.getParent(), Map.of(), "umount", "-l", directory.toString());
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Path filler() {
        return directory.resolve("filler");
    }
}
