package io.aerodb.storage.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The open files and sockets of a gateway's process. */
public final class Descriptors {

    private final Path directory;

    private Descriptors(Path directory) {
        this.directory = directory;
    }

    /** Ends the test as skipped where nobody can know. */
    public static Descriptors of(Gateway gateway) {
        Path directory = Path.of("/proc", Long.toString(gateway.pid()), "fd");
        Assumptions.assumeTrue(Files.isReadable(directory), "no /proc on this system");
        return new Descriptors(directory);
    }

    public long count() {
        try (Stream<Path> open = Files.list(directory)) {
            return open.count();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
