package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes servers for tests, which share one unpacked PostgreSQL in the build directory. */
final class Servers {

    static final Path BINARIES = Path.of("target", "postgres").toAbsolutePath();

    private Servers() {}

    static EmbeddedPostgres in(Path dataDirectory) {
        return new EmbeddedPostgres(dataDirectory, new StorageSettings.Embedded(0, BINARIES));
    }

    static Leftovers leftovers(Path dataDirectory) {
        return new Leftovers(new DataDirectory(dataDirectory).cluster());
    }

    /** The server's first process. */
    static ProcessHandle postmaster(Path dataDirectory) {
        try {
            List<String> pidFile = Files.readAllLines(
                    new DataDirectory(dataDirectory).cluster().resolve("postmaster.pid"));
            return ProcessHandle.of(Long.parseLong(pidFile.get(0))).orElseThrow();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
