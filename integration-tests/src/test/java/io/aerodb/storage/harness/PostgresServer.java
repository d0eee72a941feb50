package io.aerodb.storage.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL that belongs to a test and not to a gateway, so that each can be killed without the other. Its programs are
 * those that the shared gateway has unpacked.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOGIN_PASSWORD = "the-password-of-the-gateway";

    private final Path directory;
    private final List<String> options;
    private final int port;
    private Process process;

    PostgresServer(Path directory, List<String> options) {
        this.directory = directory;
        this.options = options;
        this.port = Launch.freePort();
        start();
    }

    public static PostgresServer fresh() throws InterruptedException {
        return fresh(List.of());
    }

    /** One that keeps its log for a restore: each segment goes to a directory beside its data. */
    public static PostgresServer archiving() throws InterruptedException {
        return fresh(List.of("--archive_mode=on", "--archive_command=mkdir -p ../archive && cp %p ../archive/%f"));
    }

    /** One that takes TLS connections with this certificate, too. */
    public static PostgresServer withTls(Certificate certificate) throws Exception {
        PostgresServer server = fresh();
        certificate.writeTo(server.directory);
        shell(server.directory, "chown --reference=. server.key server.crt");
        Database any = server.named("postgres");
        any.execute("ALTER SYSTEM SET ssl_cert_file = '../server.crt'");
        any.execute("ALTER SYSTEM SET ssl_key_file = '../server.key'");
        any.execute("ALTER SYSTEM SET ssl = on");
        any.execute("SELECT pg_reload_conf()");
        return server;
    }

    private static PostgresServer fresh(List<String> options) throws InterruptedException {
        Path model = SharedGateway.get().launch().data().resolve("postgres");
        Path directory = Launch.fresh().data().resolve("postgres");
        try {
            Files.createDirectories(directory);
            shell(directory, """
                    chown --reference="$0" .. . && chmod 700 .. . && cp -p "$0/superuser-password" . && ln -s "$0"/bin-* .
                    """, model.toString());
            shell(
                    directory,
                    """
                    "$@" -D data -U postgres --pwfile=superuser-password -A scram-sha-256 -E UTF8 --locale=C --data-checksums
                    """,
                    Stream.of(Stream.of("initdb"), user(directory).stream(), Stream.of(program(directory, "initdb")))
                            .flatMap(words -> words)
                            .toArray(String[]::new));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new PostgresServer(directory, options);
    }

    /** The first word is what the commands are called. */
    static void shell(Path directory, String commands, String... words) throws IOException, InterruptedException {
        Stream<String> all = Stream.concat(Stream.of("sh", "-c", commands), Stream.of(words));
        Shell end = Shell.run(directory, Map.of(), all.toArray(String[]::new));
        if (end.exitCode() != 0) {
            throw new IOException(commands + ": " + end.out() + end.err());
        }
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

    /** What it is made of: programs, data, archive. */
    Path directory() {
        return directory;
    }

    /** The same database on this server. */
    public Database holding(Database copied) {
        return named(copied.name());
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
        Process launched = new ProcessBuilder(Stream.of(user(directory).stream(), server(), options.stream())
                        .flatMap(words -> words)
                        .toList())
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
                program(directory, "postgres"),
                "-D",
                directory.resolve("data").toString(),
                "--listen_addresses=127.0.0.1",
                "--port=" + port,
                "--unix_socket_directories=",
                "--max_connections=100",
                "--shared_buffers=64MB");
    }

    /** As the gateway runs it: not as root. */
    private static List<String> user(Path directory) throws IOException {
        if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
            return List.of();
        }
        int owner = (int) Files.getAttribute(directory, "unix:uid");
        return owner == 0
                ? List.of("unshare", "-U")
                : List.of("setpriv", "--reuid=" + owner, "--regid=" + owner, "--clear-groups", "--");
    }

    private static String program(Path directory, String name) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.resolve("bin").resolve(name))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow()
                    .toString();
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
