package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/** Makes PostgreSQL's data directory: once, and all or nothing. */
final class Cluster {

    static final String SUPERUSER = "postgres";
    static final String DATABASE = "aerodb_storage";

    private final DataDirectory directory;
    private final PostgresBinaries binaries;
    private final ServerUser user;
    private final Path draft;
    private final Path log;

    private Cluster(DataDirectory directory, PostgresBinaries binaries, ServerUser user) {
        this.directory = directory;
        this.binaries = binaries;
        this.user = user;
        this.draft = directory.postgres().resolve("data.new");
        this.log = directory.postgres().resolve("initdb.log");
    }

    /**
     * The caller holds the lock of the directory. Afterwards the data directory is there, with {@link #DATABASE} in it;
     * passwords are asked for, pages have checksums, texts are UTF-8 and sort by code point.
     */
    static void createIfAbsent(DataDirectory directory, PostgresBinaries binaries, ServerUser user)
            throws IOException, InterruptedException {
        if (Files.notExists(directory.cluster().resolve("PG_VERSION"))) {
            new Cluster(directory, binaries, user).create();
        }
    }

    private void create() throws IOException, InterruptedException {
        FileSystemUtils.deleteRecursively(draft);
        run(initdb(), "");
        run(singleUser(), "CREATE DATABASE %s\n".formatted(DATABASE));
        Files.move(draft, directory.cluster(), StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(directory.postgres())) {
            parent.force(true);
        }
        Files.delete(log);
    }

    private List<String> initdb() {
        return List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + draft,
                "--username=" + SUPERUSER,
                "--pwfile=" + directory.superuserPassword(),
                "--auth=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions");
    }

    /** A server that reads SQL from its standard input and listens nowhere. */
    private List<String> singleUser() {
        return List.of(
                binaries.program("postgres").toString(),
                "--single",
                "-D",
                draft.toString(),
                "-c",
                "exit_on_error=on",
                "postgres");
    }

    private void run(List<String> program, String input) throws IOException, InterruptedException {
        ProcessBuilder builder = Command.in(directory.postgres(), user.running(program));
        if (!Command.succeeds(builder, input, log.toFile())) {
            throw new StartRefused("The embedded PostgreSQL could not create its data directory. It said:\n"
                    + Command.tail(log)
                    + "\nSet storage.database.host to use a PostgreSQL of your own.");
        }
    }
}
