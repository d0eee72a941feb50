package io.aerodb.storage.harness;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The npm project beside the tests, which are run by Node: clients as their makers publish them, in the versions of
 * {@code src/test/node/package-lock.json}. It is installed below {@code target}, once.
 */
public final class NodeProject {

    private static final int OLDEST = 20;
    private static final Pattern NO_REGISTRY =
            Pattern.compile("npm error (code )?(E(AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|TIMEDOUT)"
                    + "|ENOT(FOUND|CACHED)|ERR_SOCKET_TIMEOUT|E5\\d\\d)");

    private static NodeProject installed;

    private final Path directory;

    private NodeProject(Path directory) {
        this.directory = directory;
    }

    /** The project, ready to run. Without Node, npm or a registry the test that asks is skipped, and says why. */
    public static synchronized NodeProject installed() throws IOException, InterruptedException {
        if (installed == null) {
            requireNode();
            Path directory = copied();
            install(directory);
            installed = new NodeProject(directory);
        }
        return installed;
    }

    /** Where the project's packages can be imported. */
    public Path directory() {
        return directory;
    }

    /** Runs Node here to its end. */
    public Shell node(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        String[] command =
                Stream.concat(Stream.of("node"), Stream.of(arguments)).toArray(String[]::new);
        return Shell.run(directory, environment, command);
    }

    private static void requireNode() throws InterruptedException {
        String version = run(Path.of("."), "node", "--version").out().strip();
        if (!version.matches("v\\d+\\..*") || Integer.parseInt(version.substring(1, version.indexOf('.'))) < OLDEST) {
            abort("Node is %s, these tests need %d or newer".formatted(version, OLDEST));
        }
    }

    private static void install(Path directory) throws InterruptedException {
        Shell npm = run(directory, "npm", "ci", "--fetch-retries=1", "--fetch-timeout=30000");
        if (NO_REGISTRY.matcher(npm.err()).find()) {
            abort("npm reaches no registry: " + npm.err());
        }
        if (npm.exitCode() != 0) {
            throw new AssertionError("npm ci failed: " + npm.out() + npm.err());
        }
    }

    private static Path copied() throws IOException {
        Path source = Shell.repository().resolve("integration-tests/src/test/node");
        Path directory = Path.of("target", "node").toAbsolutePath();
        Disk.deleteTree(directory);
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(source).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        return directory;
    }

    private static Shell run(Path directory, String... command) throws InterruptedException {
        try {
            return Shell.run(directory, Map.of(), command);
        } catch (IOException absent) {
            return abort("%s is not on this machine: %s".formatted(command[0], absent.getMessage()));
        }
    }
}
