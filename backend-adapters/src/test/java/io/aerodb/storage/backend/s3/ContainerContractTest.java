package io.aerodb.storage.backend.s3;

import io.aerodb.storage.container.Images;
import io.aerodb.storage.container.NeedsImage;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The contract against MinIO, or what another image of the same commands and variables has. */
@NeedsImage(value = "quay.io/minio/minio:latest", property = "containers.s3.image")
class ContainerContractTest extends S3BackendContract {

    private static final int PORT = 9000;
    private static final String ACCESS_KEY = "test-access-key";
    private static final String SECRET_KEY = "test-secret-key";

    private static GenericContainer<?> server;

    ContainerContractTest() {
        super(new S3Endpoint(
                URI.create("http://%s:%d".formatted(server.getHost(), server.getMappedPort(PORT))),
                ACCESS_KEY,
                SECRET_KEY,
                S3Settings.Checksums.WHEN_SUPPORTED));
    }

    @BeforeAll
    static void startServer() {
        server = new GenericContainer<>(Images.of(ContainerContractTest.class))
                .withEnv("MINIO_ROOT_USER", ACCESS_KEY)
                .withEnv("MINIO_ROOT_PASSWORD", SECRET_KEY)
                .withCommand("server", "/data")
                .withExposedPorts(PORT)
                .waitingFor(Wait.forListeningPort());
        server.start();
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.stop();
        }
    }
}
