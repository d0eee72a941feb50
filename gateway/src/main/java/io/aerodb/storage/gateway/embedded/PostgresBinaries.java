package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL's programs, unpacked from the archive on the class path.
 *
 * @param home the directory with {@code bin}, {@code lib} and {@code share}
 */
record PostgresBinaries(Path home) {

    /** Directories made here; the rest of the name says which build of PostgreSQL it is. */
    static final String PREFIX = "bin-";

    private static final String UNFINISHED = "unpack-";

    /** By the {@code os.arch} of the JVM. */
    private static final Map<String, String> ARCHIVES = Map.of(
            "amd64", "/postgres-linux-x86_64.txz",
            "aarch64", "/postgres-linux-arm_64.txz");

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /**
     * The programs for this platform below the given directory, unpacked when they are not there yet. They appear there
     * at once and completely, also when several processes unpack at the same time or one is killed meanwhile.
     *
     * @throws StartRefused when this platform has none, or they can not be written
     */
    static PostgresBinaries below(Path parent) throws InterruptedException {
        URL archive = archive(System.getProperty("os.name"), System.getProperty("os.arch"));
        try {
            Path home = parent.resolve(PREFIX + fingerprint(archive));
            if (Files.notExists(home)) {
                unpack(archive, home);
            }
            return new PostgresBinaries(home);
        } catch (IOException failure) {
            throw new StartRefused("PostgreSQL can not be unpacked in %s: %s".formatted(parent, failure), failure);
        }
    }

    static URL archive(String system, String processor) {
        String name = system.equals("Linux") ? ARCHIVES.get(processor) : null;
        URL archive = name == null ? null : PostgresBinaries.class.getResource(name);
        if (archive == null) {
            throw new StartRefused(
                    "There is no embedded PostgreSQL for %s on %s. Start a PostgreSQL 15 or newer of your own and set storage.database.host."
                            .formatted(system, processor));
        }
        return archive;
    }

    /** Removes what older versions of the gateway, and unpacking that was killed, left beside these programs. */
    void removeOthers() throws IOException {
        try (var siblings =
                Files.newDirectoryStream(home.resolveSibling(""), "{%s,%s}*".formatted(PREFIX, UNFINISHED))) {
            for (Path sibling : siblings) {
                if (!sibling.equals(home)) {
                    FileSystemUtils.deleteRecursively(sibling);
                }
            }
        }
    }

    /** The checksum the jar's directory has of the archive: another build, another name. */
    private static String fingerprint(URL archive) throws IOException {
        if (archive.openConnection() instanceof JarURLConnection jar) {
            return "%08x".formatted(jar.getJarEntry().getCrc());
        }
        throw new IOException("the archive %s is not in a jar".formatted(archive));
    }

    private static void unpack(URL archive, Path home) throws IOException, InterruptedException {
        Path unfinished = Files.createTempDirectory(home.resolveSibling(""), UNFINISHED);
        try {
            PostgresArchive.unpack(archive, unfinished);
            Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
            Command.succeeds(unfinished, "sync", "-f", ".");
            publish(unfinished, home);
        } finally {
            FileSystemUtils.deleteRecursively(unfinished);
        }
    }

    private static void publish(Path unfinished, Path home) throws IOException {
        try {
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException failure) {
            if (Files.notExists(home)) {
                throw failure;
            }
            // another process was faster: its programs are the same
        }
    }
}
