package io.aerodb.storage.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Volume;
import io.aerodb.storage.container.Images;
import io.aerodb.storage.container.NeedsImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The image that {@code ./run image} builds, run as the chart runs it, with the embedded PostgreSQL. */
@NeedsImage(value = "localhost/aerodb-storage:0.1.0-SNAPSHOT", property = "containers.gateway.image")
class ImageIT {

    private static final String VOLUME = "/var/lib/aerodb-storage";
    private static final String DATA = VOLUME + "/data";
    private static final long LIMIT = 512L << 20;

    private static final HttpClient http = HttpClient.newHttpClient();
    private static GenericContainer<?> gateway;

    @BeforeAll
    static void start() {
        gateway = container();
        gateway.start();
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.stop();
        }
    }

    @Test
    void itRunsAsAnOrdinaryUserWhoCanWriteNowhereElse() throws Exception {
        assertThat(shell("while read -r key value rest; do"
                        + " case $key in Uid:|CapEff:|NoNewPrivs:) echo $key $value;; esac; done < /proc/1/status"))
                .contains("Uid: 65532", "CapEff: 0000000000000000", "NoNewPrivs: 1");
        assertThat(gateway.execInContainer("/bin/sh", "-c", ": > /app/file").getExitCode())
                .isNotZero();
    }

    @Test
    void scannersLearnWhichDebianItIs() throws Exception {
        assertThat(shell("read -r version < /etc/debian_version && echo $version"))
                .startsWith("12.");
        assertThat(shell("while read -r line; do echo $line; done < /etc/os-release"))
                .contains("ID=debian", "VERSION_ID=\"12\"");
    }

    @Test
    void itsCommandsAreArgumentsOfTheEntryPoint() throws Exception {
        shell("/app/start token --user alice --data " + DATA + " > /tmp/token");
        assertThat(shell("/app/start self-test http://127.0.0.1:8080 --token-file=/tmp/token"))
                .isNotBlank();
    }

    @Test
    void moreThanItsMemoryGoesThroughIt() throws Exception {
        String token = shell("/app/start token --user bob --data " + DATA).strip();
        URI bucket = address("/bucket");
        HttpRequest.Builder request =
                HttpRequest.newBuilder().timeout(Duration.ofMinutes(2)).header("Authorization", "Bearer " + token);
        assertThat(http.send(
                                request.copy()
                                        .uri(bucket)
                                        .header("Content-Type", "application/json")
                                        .POST(BodyPublishers.ofString("{\"name\":\"large\"}"))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(201);
        byte[] mebibyte = new byte[1 << 20];
        List<byte[]> content = Collections.nCopies((int) (2 * LIMIT >> 20), mebibyte);
        assertThat(http.send(
                                request.copy()
                                        .uri(address("/object/large/file"))
                                        .header("Content-Type", "application/octet-stream")
                                        .POST(BodyPublishers.ofByteArrays(content))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(201);
        assertThat(http.send(request.copy().uri(address("/object/large/file")).build(), BodyHandlers.ofInputStream())
                        .body()
                        .transferTo(OutputStream.nullOutputStream()))
                .isEqualTo(2 * LIMIT);
        assertThat(state().getOOMKilled()).isNotEqualTo(true);
    }

    /** The JVM is told to start with its cache of classes or not at all. */
    @Test
    void theCacheOfClassesIsGoodForItAndAStopEndsItInOrder() {
        try (GenericContainer<?> own = container().withEnv("JAVA_OPTS", "-XX:AOTMode=on")) {
            own.start();
            own.getDockerClient()
                    .stopContainerCmd(own.getContainerId())
                    .withTimeout(60)
                    .exec();
            InspectContainerResponse stopped = own.getDockerClient()
                    .inspectContainerCmd(own.getContainerId())
                    .exec();
            assertThat(stopped.getState().getExitCodeLong()).isEqualTo(143);
            assertThat(own.getLogs()).contains("AeroDB Storage is ready").doesNotContain("ERROR");
        }
    }

    private static GenericContainer<?> container() {
        return new GenericContainer<>(Images.of(ImageIT.class))
                .withCommand(
                        "--server.address=0.0.0.0", "--management.server.address=0.0.0.0", "--storage.data-dir=" + DATA)
                .withTmpFs(Map.of("/tmp", "rw"))
                .withExposedPorts(8080, 8081)
                .withCreateContainerCmdModifier(command -> command.withVolumes(new Volume(VOLUME))
                        .getHostConfig()
                        .withReadonlyRootfs(true)
                        .withCapDrop(Capability.ALL)
                        .withSecurityOpts(List.of("no-new-privileges"))
                        .withMemory(LIMIT))
                .waitingFor(Wait.forHttp("/actuator/health/readiness")
                        .forPort(8081)
                        .withStartupTimeout(Duration.ofSeconds(60)));
    }

    private static URI address(String path) {
        return URI.create("http://%s:%d/storage/v1%s".formatted(gateway.getHost(), gateway.getMappedPort(8080), path));
    }

    private static InspectContainerResponse.ContainerState state() {
        return gateway.getCurrentContainerInfo().getState();
    }

    private static String shell(String script) throws IOException, InterruptedException {
        ExecResult result = gateway.execInContainer("/bin/sh", "-c", script);
        assertThat(result.getExitCode()).as(result.getStderr()).isZero();
        return result.getStdout();
    }
}
