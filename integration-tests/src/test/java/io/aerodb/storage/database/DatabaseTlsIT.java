package io.aerodb.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Certificate;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.PostgresServer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL whose certificate is looked at. */
class DatabaseTlsIT {

    @TempDir
    private static Path authority;

    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        Certificate certificate = Certificate.create();
        certificate.writeTo(authority);
        server = PostgresServer.withTls(certificate);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void migrationAndGatewayTrustTheAuthorityThatIsNamed() {
        Database database = server.newDatabase();
        try (Gateway gateway = Gateway.start(
                settings(database, "--storage.database.ssl-root-certificate=" + authority.resolve("server.crt")))) {
            gateway.asUser(Names.user()).newBucket("private");

            String connections = "SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)"
                    + " WHERE a.application_name = 'aerodb-storage' AND s.ssl = ?";
            assertThat(database.count(connections, true)).isPositive();
            assertThat(database.count(connections, false)).isZero();
        }
    }

    @Test
    void anAuthorityThatIsNotThereIsNamed() throws Exception {
        Launch.Exit exit = Launch.fresh(settings(
                        server.newDatabase(),
                        "--storage.database.ssl-root-certificate=" + authority.resolve("other.crt")))
                .runToEnd();

        assertThat(exit.code()).isEqualTo(1);
        assertThat(exit.output())
                .contains("storage.database.ssl-root-certificate")
                .contains("other.crt");
    }

    @Test
    @Tag("slow") // half a minute, for which a database that starts as well is waited for
    void withoutOneAServerThatJavaDoesNotTrustIsRefusedWithTheCause() throws Exception {
        Launch.Exit exit = Launch.fresh(settings(server.newDatabase())).runToEnd();

        assertThat(exit.code()).isEqualTo(1);
        assertThat(exit.output()).contains("certif");
    }

    private static String[] settings(Database database, String... more) {
        Stream<String> own = server.settings(database, server.port()).stream()
                .map(setting -> setting.replace("ssl-mode=disable", "ssl-mode=verify-full"));
        return Stream.concat(own, Stream.of(more)).toArray(String[]::new);
    }
}
