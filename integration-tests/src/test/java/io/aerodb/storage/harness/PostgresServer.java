package io.aerodb.storage.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL that belongs to a test and not to a gateway, so that each can be killed without the other. Its programs and
 * its data directory are those that a gateway made for itself.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOGIN_PASSWORD = "the-password-of-the-gateway";

    private final Path directory;
    private final int port;
    private Process process;

    private PostgresServer(Path directory) {
        this.directory = directory;
        this.port = Launch.freePort();
        start();
    }

    public static PostgresServer fresh() throws InterruptedException {
        Gateway maker = Launch.fresh("--storage.local.enabled=true").start();
        maker.stop();
        return new PostgresServer(maker.launch().data().resolve("postgres"));
    }

    /** A new, empty database. */
    public Database newDatabase() {
        String name = Names.bucket("db").replace('-', '_');
        named("postgres").execute("CREATE DATABASE " + name);
        return named(name);
    }

    /** How a gateway connects to one of its databases, by this port: its own, or that of something in between. */
    public List<String> settings(Database database, int through) {
        return List.of(
                "--storage.database.host=127.0.0.1",
                "--storage.database.port=" + through,
                "--storage.database.name=" + database.name(),
                "--storage.database.ssl-mode=disable",
                "--storage.database.password=" + LOGIN_PASSWORD,
                "--storage.database.migration.username=" + database.user(),
                "--storage.database.migration.password=" + database.password());
    }

    public int port() {
        return port;
    }

    /** Ends as by SIGKILL: the server with all that works for it, or its first process alone. */
    public void kill(boolean withChildren) throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly().waitFor();
        if (withChildren) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** Starts, also after a kill, and returns when it takes connections. */
    public void start() {
        await("PostgreSQL")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(this::started);
    }

    @Override
    public void close() {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                kill(true);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            Disk.deleteTree(directory.getParent());
        }
    }

    /** One that finds the children of a killed one still at work ends at once and is started again. */
    private boolean started() throws IOException {
        if (process == null || !process.isAlive()) {
            Files.deleteIfExists(pidFile());
            process = launched();
        }
        return Files.exists(pidFile()) && Files.readString(pidFile()).contains("ready");
    }

    private Process launched() throws IOException {
        Process launched = new ProcessBuilder(
                        Stream.concat(user().stream(), server()).toList())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("server.log").toFile()))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(launched::destroyForcibly));
        return launched;
    }

    private Stream<String> server() throws IOException {
        return Stream.of(
                program().toString(),
                "-D",
                directory.resolve("data").toString(),
                "--listen_addresses=127.0.0.1",
                "--port=" + port,
                "--unix_socket_directories=",
                "--max_connections=100",
                "--shared_buffers=64MB");
    }

    /** As the gateway runs it: not as root. */
    private List<String> user() throws IOException {
        if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
            return List.of();
        }
        int owner = (int) Files.getAttribute(directory, "unix:uid");
        return owner == 0
                ? List.of("unshare", "-U")
                : List.of("setpriv", "--reuid=" + owner, "--regid=" + owner, "--clear-groups", "--");
    }

    private Path program() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.resolve("bin/postgres"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path pidFile() {
        return directory.resolve("data/postmaster.pid");
    }

    private Database named(String name) {
        try {
            String password =
                    Files.readString(directory.resolve("superuser-password")).strip();
            return new Database("127.0.0.1", port, name, "postgres", password);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
