package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** All a server needs to be started in a data directory whose lock the caller holds. */
record Installation(DataDirectory directory, PostgresBinaries binaries, ServerUser user) {

    /** Long enough to replay the log of a server that was killed under load. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Unpacks the programs and makes the server's data directory, as far as they are not there. */
    static Installation prepare(DataDirectory directory, StorageSettings.Embedded settings)
            throws IOException, InterruptedException {
        PostgresBinaries binaries = binaries(directory, settings.binaries());
        PrivateFile.secret(directory.superuserPassword());
        ServerUser user = ServerUser.of(directory);
        Cluster.createIfAbsent(directory, binaries, user);
        return new Installation(directory, binaries, user);
    }

    private static PostgresBinaries binaries(DataDirectory directory, @Nullable Path shared)
            throws IOException, InterruptedException {
        if (shared != null) {
            return PostgresBinaries.below(Files.createDirectories(shared.toAbsolutePath()));
        }
        PostgresBinaries own = PostgresBinaries.below(directory.postgres());
        own.removeOthers();
        return own;
    }

    /** Cleans up after a server that was killed, starts one, and returns when it takes connections. */
    ServerProcess launch(int port) throws IOException, InterruptedException {
        new Leftovers(directory.cluster()).clear();
        ServerProcess server = ServerProcess.start(directory, binaries, user, port);
        boolean ready = false;
        try {
            ready = server.becomesReady(PATIENCE);
        } finally {
            if (!ready) {
                server.stop();
            }
        }
        if (!ready) {
            throw new StartRefused("The embedded PostgreSQL did not start. Its log, %s, ends with:\n%s"
                    .formatted(directory.serverLog(), Command.tail(directory.serverLog())));
        }
        return server;
    }
}
