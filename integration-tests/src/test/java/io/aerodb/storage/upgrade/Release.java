package io.aerodb.storage.upgrade;

import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.OwnDatabase;
import io.aerodb.storage.harness.Shell;
import io.aerodb.storage.harness.StoredInS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the chart makes of its values: gateways that share a database, a bucket of S3 and secrets, and a Job that migrates. */
final class Release {

    private static final String MIGRATION = "--storage.database.migration.";

    private final OwnDatabase database = OwnDatabase.fresh();
    private final List<String> settings = new ArrayList<>();
    private final Launch migrating;
    private final Launch gateway;

    Release(String... more) throws IOException {
        Path place = Launch.fresh().output().getParent();
        settings.addAll(database.settings());
        settings.addAll(StoredInS3.fresh().settings());
        settings.addAll(List.of(
                "--storage.mode=production",
                "--storage.public-url=https://files.example.com",
                "--storage.auth.jwt-secret-file=" + secret(place.resolve("jwt")),
                "--storage.signing.secret-file=" + secret(place.resolve("signing"))));
        settings.addAll(List.of(more));
        migrating = launch(settings);
        gateway = launch(settings.stream()
                .filter(setting -> !setting.startsWith(MIGRATION))
                .toList());
    }

    OwnDatabase database() {
        return database;
    }

    private static Launch launch(List<String> settings) {
        return Launch.fresh(settings.toArray(String[]::new)).onJvm(Launch.QUICK_JVM.toArray(String[]::new));
    }

    /** One of its gateways, as with {@code migration.mode: startup}. */
    Launch migratingGateway() {
        return migrating.elsewhere();
    }

    /** One of its gateways, which doesn't have the role that migrates. */
    Launch gateway(Path jar) {
        return gateway.elsewhere().ofJar(jar);
    }

    /** The version that is tested. */
    Path jar() {
        return gateway.jar();
    }

    /** {@code migrate}, as the Job does before gateways of this version start. */
    Shell migrate(Path jar) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(Launch.QUICK_JVM);
        command.addAll(List.of("-jar", jar.toString(), "migrate"));
        command.addAll(settings);
        return Shell.run(gateway.output().getParent(), Map.of(), command.toArray(String[]::new));
    }

    private static Path secret(Path file) throws IOException {
        Files.writeString(file, Names.bucket("a-secret-that-is-long-enough-for-hs256"));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
