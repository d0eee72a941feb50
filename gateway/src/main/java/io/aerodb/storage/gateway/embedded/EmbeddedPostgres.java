package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of this gateway alone, for one machine: the programs come from a jar, the data stays in the data directory.
 *
 * <p>It keeps what it has confirmed (fsync is on), listens on 127.0.0.1 only, asks for a password, and outlives this
 * process by no more than a moment, whatever ends it. A server that dies is started again on the same port.
 *
 * <p>{@link #start} and {@link #close} block; each is called once, by any thread.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    /** What the server is doing. */
    public enum State {
        STOPPED,
        RUNNING,
        RESTARTING,
        /** It died too often in a row; only a new start of the gateway helps. */
        GIVEN_UP
    }

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int ATTEMPTS = 5;
    private static final Duration STABLE = Duration.ofMinutes(1);

    private final DataDirectory directory;
    private final StorageSettings.Embedded settings;
    private final ScheduledExecutorService restarts =
            Executors.newSingleThreadScheduledExecutor(EmbeddedPostgres::daemon);

    private volatile State state = State.STOPPED;
    private volatile boolean closed;
    private @Nullable DirectoryLock lock;
    private @Nullable ServerProcess server;
    private int attempts;
    private long startedAt;

    public EmbeddedPostgres(Path dataDirectory, StorageSettings.Embedded settings) {
        this.directory = new DataDirectory(dataDirectory);
        this.settings = settings;
    }

    /**
     * Starts the server and returns when it takes connections: a few seconds the first time, half a second later on.
     * What a killed gateway left is cleaned up first.
     *
     * @throws StartRefused when another gateway uses the data directory, or the server does not start
     */
    public synchronized EmbeddedDatabase start() {
        directory.createdWithPostgres();
        lock = DirectoryLock.acquire(directory);
        boolean started = false;
        try {
            EmbeddedDatabase database = database();
            run(Installation.prepare(directory, settings), database.port());
            started = true;
            return database;
        } catch (IOException failure) {
            throw new StartRefused(
                    "The embedded PostgreSQL can not be started (%s). It needs sh, setsid and glibc; without them start a PostgreSQL of your own and set storage.database.host."
                            .formatted(failure),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StartRefused("The start of the embedded PostgreSQL was interrupted.", interrupted);
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** Stops the server, usually within 100 ms and at most in 20 s, and gives the data directory free. */
    @Override
    public void close() {
        closed = true;
        restarts.shutdownNow();
        stop();
    }

    public State state() {
        return state;
    }

    private EmbeddedDatabase database() throws IOException {
        return new EmbeddedDatabase(
                ServerProcess.HOST,
                settings.port() == 0 ? FreePort.pick() : settings.port(),
                Cluster.DATABASE,
                Cluster.SUPERUSER,
                PrivateFile.secret(directory.superuserPassword()));
    }

    private void run(Installation installation, int port) throws IOException, InterruptedException {
        ServerProcess launched = installation.launch(port);
        server = launched;
        startedAt = System.nanoTime();
        state = State.RUNNING;
        launched.onExit().thenRun(() -> died(launched, installation, port));
    }

    private synchronized void died(ServerProcess dead, Installation installation, int port) {
        if (closed || dead != server) {
            return;
        }
        log.error("event=embedded_postgres_died port={} log={}", port, directory.serverLog());
        attempts = System.nanoTime() - startedAt > STABLE.toNanos() ? 0 : attempts;
        scheduleRestart(installation, port);
    }

    /** At once, then after 0.5, 1, 2 and 4 seconds, then no more. */
    private void scheduleRestart(Installation installation, int port) {
        if (attempts == ATTEMPTS) {
            state = State.GIVEN_UP;
            log.error("event=embedded_postgres_given_up attempts={} advice=\"start the gateway again\"", attempts);
            return;
        }
        state = State.RESTARTING;
        long delay = attempts == 0 ? 0 : 250L << attempts;
        attempts++;
        restarts.schedule(() -> restart(installation, port), delay, TimeUnit.MILLISECONDS);
    }

    private synchronized void restart(Installation installation, int port) {
        try {
            run(installation, port);
            log.info("event=embedded_postgres_restarted port={} attempt={}", port, attempts);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException failure) {
            log.error("event=embedded_postgres_restart_failed reason=\"{}\"", failure.getMessage());
            scheduleRestart(installation, port);
        }
    }

    private synchronized void stop() {
        try {
            if (server != null) {
                server.stop();
            }
            if (lock != null) {
                lock.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (IOException failure) {
            log.warn("event=embedded_postgres_unlock_failed reason=\"{}\"", failure.getMessage());
        }
        state = State.STOPPED;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "embedded-postgres");
        thread.setDaemon(true);
        return thread;
    }
}
