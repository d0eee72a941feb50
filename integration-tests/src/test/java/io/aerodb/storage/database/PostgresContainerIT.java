package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.container.Images;
import io.aerodb.storage.container.NeedsImage;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

/** A gateway on a PostgreSQL of somebody else's making. */
@NeedsImage(value = "docker.io/library/postgres:18", property = "containers.postgres.image")
class PostgresContainerIT {

    private static final int PORT = 5432;
    private static final String PASSWORD = "a-password-for-tests";

    private static GenericContainer<?> server;
    private static Gateway gateway;

    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() {
        server = new GenericContainer<>(Images.of(PostgresContainerIT.class))
                .withEnv("POSTGRES_PASSWORD", PASSWORD)
                .withExposedPorts(PORT);
        server.start();
        Database database =
                new Database(server.getHost(), server.getMappedPort(PORT), "postgres", "postgres", PASSWORD);
        await("PostgreSQL").atMost(Duration.ofSeconds(60)).until(() -> answers(database));
        database.execute("CREATE ROLE gateway LOGIN NOINHERIT PASSWORD '" + PASSWORD + "'");
        gateway = Gateway.start(
                "--storage.database.host=" + database.host(),
                "--storage.database.port=" + database.port(),
                "--storage.database.name=postgres",
                "--storage.database.ssl-mode=disable",
                "--storage.database.username=gateway",
                "--storage.database.password=" + PASSWORD,
                "--storage.database.migration.username=postgres",
                "--storage.database.migration.password=" + PASSWORD);
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
        if (server != null) {
            server.stop();
        }
    }

    @Test
    void objectsGoInAndOut() {
        api.upload(bucket, "folder/file", Bytes.of("content")).expect(201);
        assertThat(api.download(bucket, "folder/file")).hasStatus(200).hasBody(Bytes.of("content"));
    }

    @Test
    void othersDoNotSeeThem() {
        api.upload(bucket, "file", Bytes.of("content")).expect(201);
        assertThat(gateway.asUser(Names.user()).download(bucket, "file")).hasStatus(404);
    }

    private static boolean answers(Database database) {
        try (var connection = database.connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }
}
