package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path data;

    @Test
    void dataIsThereAfterRestart() throws SQLException {
        try (EmbeddedPostgres server = Servers.in(data)) {
            new Sql(server.start()).execute("CREATE TABLE kept AS SELECT 'yes' AS answer");
        }
        try (EmbeddedPostgres server = Servers.in(data)) {
            assertThat(new Sql(server.start()).ask("SELECT answer FROM kept")).isEqualTo("yes");
        }
    }

    @Test
    void serverKeepsWhatItConfirmsAndSortsByCodePoint() throws SQLException {
        try (EmbeddedPostgres server = Servers.in(data)) {
            Sql sql = new Sql(server.start());
            assertThat(sql.ask("SHOW fsync")).isEqualTo("on");
            assertThat(sql.ask("SHOW data_checksums")).isEqualTo("on");
            assertThat(sql.ask("SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(sql.ask("SELECT datcollate FROM pg_database WHERE datname = current_database()"))
                    .isEqualTo("C");
        }
    }

    @Test
    void serverListensOnLoopbackOnlyAndAsksForPassword() throws SQLException {
        try (EmbeddedPostgres server = Servers.in(data)) {
            EmbeddedDatabase database = server.start();
            Sql sql = new Sql(database);
            assertThat(sql.ask("SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(sql.ask("SHOW unix_socket_directories")).isEmpty();
            assertThat(sql.ask("SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules"))
                    .isEqualTo("scram-sha-256");
            EmbeddedDatabase guessed = new EmbeddedDatabase(
                    database.host(), database.port(), database.database(), database.superuser(), "guess");
            assertThatThrownBy(() -> new Sql(guessed).connect()).hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void directoriesAndSecretsAreForTheOwnerAlone() {
        Path fresh = data.resolve("a/b");
        try (EmbeddedPostgres server = Servers.in(fresh)) {
            server.start();
            assertThat(mode(fresh)).isEqualTo("rwx------");
            assertThat(mode(fresh.resolve("postgres"))).isEqualTo("rwx------");
            assertThat(mode(fresh.resolve("postgres/data"))).isEqualTo("rwx------");
            assertThat(mode(fresh.resolve("postgres/superuser-password"))).isEqualTo("rw-------");
            assertThat(mode(fresh.resolve("lock"))).isEqualTo("rw-------");
        }
    }

    @Test
    void stopLeavesNoProcessAndNoPidFile() {
        EmbeddedPostgres server = Servers.in(data);
        server.start();
        long begun = System.nanoTime();
        server.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
        assertThat(Servers.leftovers(data).running()).isEmpty();
        assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
        assertThat(server.state()).isEqualTo(EmbeddedPostgres.State.STOPPED);
    }

    @Test
    void stopCutsOpenConnections() throws SQLException {
        EmbeddedPostgres server = Servers.in(data);
        try (Connection idle = new Sql(server.start()).connect()) {
            server.close();
            assertThat(idle.isValid(1)).isFalse();
        }
        assertThat(Servers.leftovers(data).running()).isEmpty();
    }

    @Test
    void secondServerInTheSameProcessIsRefusedAndTheFirstGoesOn() throws SQLException {
        try (EmbeddedPostgres first = Servers.in(data)) {
            Sql sql = new Sql(first.start());
            assertThatThrownBy(() -> Servers.in(data).start())
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("Another gateway")
                    .hasMessageContaining("--data DIR");
            assertThat(sql.ask("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void pidFileThatNamesAForeignProcessDoesNotMatter() throws Exception {
        try (EmbeddedPostgres server = Servers.in(data)) {
            server.start();
        }
        Process foreign = new ProcessBuilder("sleep", "600").start();
        try (EmbeddedPostgres server = Servers.in(data)) {
            Path cluster = data.resolve("postgres/data");
            Files.writeString(
                    cluster.resolve("postmaster.pid"),
                    "%d\n%s\n1700000000\n5432\n\n127.0.0.1\n  1234  5678\nready   \n"
                            .formatted(foreign.pid(), cluster));
            assertThat(new Sql(server.start()).ask("SELECT 1")).isEqualTo("1");
            assertThat(foreign.isAlive()).isTrue();
        } finally {
            foreign.destroyForcibly();
        }
    }

    @Test
    void killedServerComesBackOnTheSamePort() {
        try (EmbeddedPostgres server = Servers.in(data)) {
            Sql sql = new Sql(server.start());
            ProcessHandle killed = Servers.postmaster(data);
            killed.destroyForcibly();
            await().atMost(SOON).ignoreExceptions().until(() -> !Servers.postmaster(data)
                    .equals(killed));
            await().atMost(SOON).until(() -> server.state() == EmbeddedPostgres.State.RUNNING);
            await().atMost(SOON).ignoreExceptions().until(() -> sql.ask("SELECT 1")
                    .equals("1"));
        }
    }

    @Test
    void serverThatCanNotStartSaysWhy() throws Exception {
        Files.createDirectories(data.resolve("postgres/data"));
        Files.writeString(data.resolve("postgres/data/PG_VERSION"), "9\n");
        Files.setPosixFilePermissions(data.resolve("postgres/data"), PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> Servers.in(data).start())
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("server.log")
                .hasMessageContaining("could not access the server configuration file");
        assertThat(Servers.leftovers(data).running()).isEmpty();
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
