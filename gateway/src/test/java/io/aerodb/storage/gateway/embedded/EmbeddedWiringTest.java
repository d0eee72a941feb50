package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

class EmbeddedWiringTest {

    @TempDir
    Path data;

    /** This package as the gateway's component scan finds it. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(StorageSettings.class)
    @ComponentScan
    static class Scanned {}

    /** Starts the context with these properties and ends: for a look at the classes that were loaded. */
    static final class Loaded {
        public static void main(String[] properties) {
            context().withPropertyValues(properties).run(context -> {
                if (context.getStartupFailure() != null) {
                    throw new IllegalStateException(context.getStartupFailure());
                }
            });
        }
    }

    @Test
    void nothingConfiguredMeansEmbeddedServerAndGeneratedSecret() {
        inDevelopment().run(context -> {
            EmbeddedDatabase database = context.getBean(EmbeddedDatabase.class);
            assertThat(new Sql(database).ask("SELECT current_database()")).isEqualTo("aerodb_storage");
            assertThat(context.getBean(DevelopmentSecret.class).bytes()).hasSize(43);
            assertThat(context.getBean(EmbeddedPostgresHealth.class)
                            .health()
                            .getStatus()
                            .getCode())
                    .isEqualTo("UP");
        });
        assertThat(Servers.leftovers(data).running()).isEmpty();
    }

    @Test
    void configuredKeysMeanNoGeneratedSecret() {
        inDevelopment()
                .withPropertyValues(
                        "storage.database.host=db",
                        "storage.auth.jwks-file=keys.json",
                        "storage.signing.secret-file=secret")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(DevelopmentSecret.class)
                        .doesNotHaveBean("generatedSigningSecret"));
        assertThat(data.toFile().list()).isEmpty();
    }

    @Test
    void productionUsesNeither() {
        inDevelopment()
                .withPropertyValues(
                        "storage.mode=production",
                        "storage.database.host=db",
                        "storage.auth.jwks-file=keys.json",
                        "storage.signing.secret-file=secret")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(EmbeddedDatabase.class)
                        .doesNotHaveBean(DevelopmentSecret.class)
                        .doesNotHaveBean("generatedSigningSecret")
                        .doesNotHaveBean(StartBannerPrinter.class));
        assertThat(data.toFile().list()).isEmpty();
    }

    @Test
    void productionWithoutDatabaseIsRefused() {
        assertRefused("storage.database.host", "storage.mode=production", "storage.auth.jwks-file=keys.json");
    }

    @Test
    void productionWithoutKeysIsRefused() {
        assertRefused("storage.auth.jwt-secret-file", "storage.mode=production", "storage.database.host=db");
    }

    @Test
    void productionWithoutASecretForLinksIsRefused() {
        assertRefused(
                "storage.signing.secret-file",
                "storage.mode=production",
                "storage.database.host=db",
                "storage.auth.jwks-file=keys.json");
    }

    @Test
    void configuredDatabaseMeansTheEmbeddedServerIsNotEvenLoaded() throws Exception {
        assertThat(loadedClasses()).contains("EmbeddedPostgres", "PostgresBinaries");
        assertThat(loadedClasses("storage.database.host=db"))
                .doesNotContain("EmbeddedPostgres", "EmbeddedPostgresConfiguration", "PostgresBinaries");
    }

    private void assertRefused(String advice, String... properties) {
        inDevelopment().withPropertyValues(properties).run(context -> assertThat(context.getStartupFailure())
                .hasRootCauseInstanceOf(StartRefused.class)
                .rootCause()
                .hasMessageContaining(advice));
    }

    private ApplicationContextRunner inDevelopment() {
        return context().withPropertyValues(settings());
    }

    private static ApplicationContextRunner context() {
        return new ApplicationContextRunner().withUserConfiguration(Scanned.class);
    }

    private String[] settings() {
        return new String[] {"storage.data-dir=" + data, "storage.embedded.binaries=" + Servers.BINARIES};
    }

    /** Simple names of this package's classes that a JVM of its own loads. */
    private List<String> loadedClasses(String... properties) throws IOException, InterruptedException {
        Path log = Files.createTempFile(data, "classes", ".log");
        List<String> command = Stream.of(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xlog:class+load:file=" + log,
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Loaded.class.getName()),
                        Stream.of(settings()),
                        Stream.of(properties))
                .flatMap(words -> words)
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
        String prefix = EmbeddedPostgres.class.getPackageName() + ".";
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(prefix))
                    .map(line -> line.substring(line.indexOf(prefix) + prefix.length())
                            .split(" ")[0])
                    .toList();
        }
    }
}
