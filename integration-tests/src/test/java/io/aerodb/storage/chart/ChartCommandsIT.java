package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.ProductionGateway;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the chart makes containers and people type works at a running gateway. */
class ChartCommandsIT {

    private static final String OF_THE_PRODUCTION_GATEWAY =
            "{config: {storage: {auth: {issuer: '%s', audience: [%s]}}}}"
                    .formatted(ProductionGateway.ISSUER, ProductionGateway.AUDIENCE);

    private final Gateway gateway = SharedGateway.production().gateway();

    @TempDir
    private Path directory;

    @Test
    void theNotesStoreAFirstFile() throws Exception {
        String notes = Chart.notes(Chart.example("local-values.yaml"), OF_THE_PRODUCTION_GATEWAY);
        String script = notes.substring(notes.indexOf("  SECRET="))
                .replace("http://localhost:8080", gateway.address().toString())
                .replace("photos", Names.bucket("notes"))
                .replace("alice", Names.user());
        Path kubectl = Files.writeString(directory.resolve("kubectl"), """
                #!/bin/sh
                [ "$*" = "--namespace storage get secret storage-tokens -o jsonpath={.data.jwt-secret}" ] || exit 64
                base64 -w0 '%s'
                """.formatted(secretFile()));
        Files.setPosixFilePermissions(kubectl, PosixFilePermissions.fromString("rwx------"));

        Shell shell = Shell.run(
                directory,
                Map.of("PATH", directory + ":" + System.getenv("PATH")),
                "bash",
                "-euo",
                "pipefail",
                "-c",
                script.replace("curl ", "curl --fail-with-body --max-time 20 "));

        assertThat(shell.exitCode()).as(shell.out() + shell.err()).isZero();
        assertThat(shell.out()).endsWith("Hello from Kubernetes\n");
    }

    @Test
    void theTestOfTheReleaseStoresAFileAndLeavesNothing() throws Exception {
        Manifests manifests = Chart.of(Chart.example("local-values.yaml"), OF_THE_PRODUCTION_GATEWAY);

        Shell test = run(
                Map.of(),
                texts(manifests.only("Pod").at("/spec/containers/0/args"))
                        .map(argument -> argument.replace(
                                        "http://files-aerodb-storage:80",
                                        gateway.address().toString())
                                .replace("/etc/aerodb-storage/secrets/jwt-secret", secretFile()))
                        .toList());

        assertThat(test.exitCode()).as(test.out() + test.err()).isZero();
        assertThat(test.out()).startsWith("A file was stored at " + gateway.address());
        assertThat(gateway.asService()
                        .get("/bucket?search=self-test-")
                        .expect(200)
                        .text())
                .doesNotContain("self-test-");
    }

    @Test
    void theMigrationMakesSchemaAndRoleAndEnds() throws Exception {
        Database server = SharedGateway.get().database();
        String name = Names.bucket("migrated").replace('-', '_');
        String login = Names.bucket("login").replace('-', '_');
        server.execute("CREATE DATABASE " + name);
        Files.writeString(directory.resolve("database-password"), "the-password-of-the-gateway");
        Files.writeString(directory.resolve("migration-password"), server.password() + "\n");

        Shell migrate = migrate(
                "host: 127.0.0.1, port: %d, name: %s, username: %s, ssl-mode: disable"
                        .formatted(server.port(), name, login),
                server.user());

        assertThat(migrate.exitCode()).as(migrate.out() + migrate.err()).isZero();
        assertThat(migrate.out()).endsWith("The schema is up to date.\n");
        try (var connection = server.named(name).connect(login, "the-password-of-the-gateway");
                var rows = connection.createStatement().executeQuery("SELECT current_user")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo(login);
        }
        assertThat(server.named(name).count("SELECT count(*) FROM storage.buckets"))
                .isZero();
    }

    @Test
    void theMigrationSaysWhyItCanNot() throws Exception {
        Database server = SharedGateway.get().database();
        String role = Names.bucket("powerless").replace('-', '_');
        server.execute("CREATE ROLE %s LOGIN PASSWORD 'the-password-of-the-powerless'".formatted(role));
        Files.writeString(directory.resolve("database-password"), "the-password-of-the-gateway");
        Files.writeString(directory.resolve("migration-password"), "the-password-of-the-powerless");

        Shell migrate =
                migrate("host: 127.0.0.1, port: %d, name: postgres, ssl-mode: disable".formatted(server.port()), role);

        assertThat(migrate.exitCode()).isEqualTo(1);
        assertThat(migrate.err())
                .startsWith("The schema of the database can't be brought up to date: ")
                .doesNotContain("\tat ", "the-password");
    }

    @Test
    void thereIsNothingToMigrateWithoutADatabase() throws Exception {
        Shell migrate = run(Map.of(), List.of("migrate"));

        assertThat(migrate.exitCode()).isEqualTo(1);
        assertThat(migrate.err())
                .isEqualToIgnoringNewLines("There is no database to migrate: set storage.database.host.");
    }

    /** The Job of the chart: its arguments and environment, its configuration and its secrets, below another directory. */
    private Shell migrate(String database, String role) throws IOException, InterruptedException {
        Manifests manifests = Chart.of(
                Chart.example("local-values.yaml"),
                "{config: {storage: {database: {%s}}}, migration: {mode: job, username: %s}}"
                        .formatted(database, role));
        JsonNode container = manifests.only("Job").at("/spec/template/spec/containers/0");
        Files.writeString(directory.resolve("application.yaml"), here(manifests.application()));
        Map<String, String> environment = container
                .path("env")
                .valueStream()
                .collect(Collectors.toMap(
                        variable -> variable.path("name").stringValue(),
                        variable -> here(variable.path("value").stringValue())));
        return run(environment, texts(container.path("args")).toList());
    }

    private static Stream<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue);
    }

    private String here(String text) {
        return text.replace("/etc/aerodb-storage/config", directory.toString())
                .replace("/etc/aerodb-storage/secrets", directory.toString());
    }

    private Shell run(Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-jar",
                gateway.launch().jar().toString()));
        command.addAll(arguments);
        return Shell.run(directory, environment, command.toArray(String[]::new));
    }

    private String secretFile() {
        return gateway.launch().settings().stream()
                .filter(setting -> setting.startsWith("--storage.auth.jwt-secret-file="))
                .map(setting -> setting.substring(setting.indexOf('=') + 1))
                .findFirst()
                .orElseThrow();
    }
}
