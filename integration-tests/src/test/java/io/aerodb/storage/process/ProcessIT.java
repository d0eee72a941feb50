package io.aerodb.storage.process;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway as a process: starts, stops, and what is left in between. */
class ProcessIT {

    private static Gateway gateway;

    private final String user = Names.user();

    @BeforeAll
    static void start() {
        gateway = Gateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aSecondInstanceOnTheSameDataIsRefusedWithASentence() throws Exception {
        Launch.Exit exit = gateway.launch().elsewhere().runToEnd();

        assertThat(exit.code()).isNotZero();
        assertThat(exit.output())
                .contains(gateway.launch().data().toString())
                .containsIgnoringCase("another")
                .doesNotContain("\tat ", "stack_trace");
        assertThat(gateway.asUser(user).get("/bucket")).hasStatus(200);
    }

    @Test
    void dataSurviveAStopThatLeavesNoProcessBehind() throws Exception {
        Api api = gateway.asUser(user);
        String bucket = api.newBucket("private");
        byte[] content = Bytes.of("survives");
        String etag = api.upload(bucket, "file", content).expect(201).field("etag");
        assertThat(processes()).as("while it runs").anyMatch(command -> command.contains("postgres"));

        gateway.stop();
        List<String> leftBehind = processes();
        gateway.restart();

        assertThat(leftBehind).isEmpty();

        assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(content).hasHeader("ETag", etag);
        assertThat(api.replace(bucket, "file", Bytes.of("again"), "If-Match", etag))
                .hasStatus(200);
    }

    @Test
    void aKilledGatewayTakesItsDatabaseWithIt() throws Exception {
        gateway.kill();
        try {
            await("the database's end").atMost(Duration.ofSeconds(10)).until(() -> processes()
                    .isEmpty());
        } finally {
            gateway.restart();
        }
        assertThat(gateway.asUser(user).get("/bucket")).hasStatus(200);
    }

    @Test
    void whatItKeepsIsForItsOwnerAlone() throws IOException {
        Path data = gateway.launch().data();

        assertThat(mode(data)).isEqualTo("rwx------");
        assertThat(mode(data.resolve("jwt-secret"))).isEqualTo("rw-------");
        assertThat(mode(data.resolve("postgres/superuser-password"))).isEqualTo("rw-------");
        assertThat(mode(data.resolve("postgres/data"))).isEqualTo("rwx------");
        gateway.asUser(user).upload(gateway.asUser(user).newBucket("private"), "dir/file", Bytes.of("x"));
        try (Stream<Path> objects = Files.walk(gateway.disk().root())) {
            assertThat(objects).allMatch(file -> mode(file).endsWith("------"));
        }
    }

    @Test
    void itListensOnTheLoopbackAddressOnly() throws IOException {
        Assumptions.assumeTrue(Sockets.known(), "no /proc/net on this system");
        for (int port : new int[] {
            gateway.port(),
            gateway.launch().managementPort(),
            gateway.database().port()
        }) {
            assertThat(Sockets.listeningAddresses(port))
                    .as("port %d", port)
                    .isNotEmpty()
                    .allMatch(address -> address.endsWith("0100007F"));
        }
    }

    @Test
    void theManagementEndpointsAreOnTheirOwnPort() {
        Api api = gateway.asService();
        for (String path : new String[] {"/actuator", "/actuator/health", "/actuator/prometheus", "/actuator/env"}) {
            assertThat(at(api, gateway.address().resolve(path)).status())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(at(api, gateway.management().resolve("/actuator/health/liveness")))
                .hasStatus(200);
        assertThat(at(api, gateway.management().resolve("/actuator/health/readiness")))
                .hasStatus(200);
        assertThat(at(api, gateway.management().resolve("/actuator/prometheus")))
                .hasStatus(200);
        for (String path :
                new String[] {"/actuator/env", "/actuator/heapdump", "/actuator/configprops", "/actuator/beans"}) {
            assertThat(at(api, gateway.management().resolve(path)).status())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void itsSecretsAreInNothingItPrints() throws IOException {
        Path data = gateway.launch().data();

        assertThat(gateway.output())
                .doesNotContain(
                        Files.readString(data.resolve("jwt-secret")).strip(),
                        Files.readString(data.resolve("postgres/superuser-password"))
                                .strip());
    }

    private static Answer at(Api api, java.net.URI address) {
        return api.exchange("GET", address, java.net.http.HttpRequest.BodyPublishers.noBody());
    }

    private static List<String> processes() {
        return Sockets.processesOf(gateway.launch().data());
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
