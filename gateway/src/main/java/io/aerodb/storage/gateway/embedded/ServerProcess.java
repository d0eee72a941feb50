package io.aerodb.storage.gateway.embedded;

import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A running {@code postgres} and its watchdog.
 *
 * <p>The watchdog is a shell between this process and the server. It signals the server what it reads from its standard
 * input, a pipe that only this process holds; when that ends, for this process is gone, it stops the server fast. Both
 * are in a session of their own, so the terminal's Ctrl-C reaches the gateway only, which stops the server last.
 */
final class ServerProcess {

    /** Part of every command line of the server, by which a later gateway knows it. */
    static final String CLUSTER_NAME = "aerodb_storage_embedded";

    static final String HOST = "127.0.0.1";

    private static final String WATCHDOG = """
            exec 3<&0
            "$@" </dev/null 3<&- &
            server=$!
            { while read -r signal; do kill -"$signal" "$server"; done; kill -INT "$server"; } <&3 2>/dev/null &
            watchdog=$!
            exec 3<&-
            wait "$server"
            status=$?
            kill "$watchdog" 2>/dev/null
            exit $status
            """;

    /** Some lines a start, so this is years. */
    private static final long LONGEST_LOG = 1 << 20;

    private static final Duration FAST = Duration.ofSeconds(10);
    private static final Duration IMMEDIATE = Duration.ofSeconds(5);

    private final Process process;
    private final Path pidFile;

    private ServerProcess(Process process, Path pidFile) {
        this.process = process;
        this.pidFile = pidFile;
    }

    /** Starts the server; it is not ready yet. What it says is added to the directory's server log. */
    static ServerProcess start(DataDirectory directory, PostgresBinaries binaries, ServerUser user, int port)
            throws IOException {
        List<String> watched = Stream.of(
                        List.of("setsid", "sh", "-c", WATCHDOG, "watchdog"),
                        user.running(postgres(directory, binaries, port)))
                .flatMap(List::stream)
                .toList();
        Process process = Command.in(directory.postgres(), watched)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(shortened(directory.serverLog())))
                .start();
        return new ServerProcess(process, directory.cluster().resolve("postmaster.pid"));
    }

    private static File shortened(Path log) throws IOException {
        if (Files.exists(log) && Files.size(log) > LONGEST_LOG) {
            Files.delete(log);
        }
        return log.toFile();
    }

    private static List<String> postgres(DataDirectory directory, PostgresBinaries binaries, int port) {
        return List.of(
                binaries.program("postgres").toString(),
                "-D",
                directory.cluster().toString(),
                "--cluster_name=" + CLUSTER_NAME,
                "--listen_addresses=" + HOST,
                "--port=" + port,
                "--unix_socket_directories=",
                "--password_encryption=scram-sha-256",
                "--fsync=on",
                "--max_connections=100",
                "--shared_buffers=96MB",
                "--timezone=UTC",
                "--log_timezone=UTC",
                // Refused statements are the gateway's to report; here they would only fill the disk.
                "--log_min_messages=log",
                "--log_checkpoints=off");
    }

    /** Waits until the server takes connections. False when it ended before, or the time is over. */
    boolean becomesReady(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ready()) {
            if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                return false;
            }
        }
        return true;
    }

    /** The eighth line of the file is the server's state (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_PM_STATUS). */
    private boolean ready() {
        try {
            List<String> lines = Files.readAllLines(pidFile);
            return lines.size() > 7 && lines.get(7).strip().equals("ready");
        } catch (IOException notThere) {
            return false;
        }
    }

    /** Completes when the server has ended, for whatever reason. */
    CompletableFuture<Process> onExit() {
        return process.onExit();
    }

    /** Shuts the server down: open connections are cut, committed data is on disk. Usually under 100 ms, at most 15 s. */
    void stop() throws InterruptedException {
        if (!endsAfter("INT", FAST) && !endsAfter("QUIT", IMMEDIATE)) {
            endsAfter("KILL", IMMEDIATE);
            process.destroyForcibly();
        }
    }

    private boolean endsAfter(String signal, Duration patience) throws InterruptedException {
        try {
            Writer stdin = process.outputWriter();
            stdin.write(signal + "\n");
            stdin.flush();
        } catch (IOException ended) {
            // no watchdog, no server
        }
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
}
