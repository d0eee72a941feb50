package io.aerodb.storage.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the gateway does not start with; it says so in a sentence and exits. */
class RefusedStartsIT {

    private static final String SECRET = "a-secret-that-is-long-enough-for-hs256";

    @Test
    void aCommandThatIsMistyped() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String jar = Launch.fresh().jar().toString();

        Shell exit = Shell.run(Path.of("."), Map.of(), java, "-jar", jar, "Migrate");

        assertThat(exit.exitCode()).isEqualTo(2);
        assertThat(exit.err()).startsWith("'Migrate' is no command: token, migrate, self-test");
    }

    @Test
    void productionWithoutADatabase() throws Exception {
        String said = refusal(Launch.fresh("--storage.mode=production", "--storage.auth.jwt-secret=" + SECRET));

        assertThat(said).contains("storage.database.host").doesNotContain(SECRET);
    }

    @Test
    void productionWithoutAKey() throws Exception {
        String said = refusal(Launch.fresh(
                "--storage.mode=production", "--storage.database.host=127.0.0.1", "--storage.database.port=1"));

        assertThat(said).containsAnyOf("jwt-secret", "jwks");
    }

    @Test
    void aSecretOfLessThan32Bytes() throws Exception {
        String weak = "31-bytes-are-one-too-few-for-us";
        assertThat(weak).hasSize(31);

        assertThat(refusal(Launch.fresh("--storage.auth.jwt-secret=" + weak)))
                .contains("32")
                .doesNotContain(weak);
    }

    @Test
    void aSecretForLinksThatAlsoSignsTokens() throws Exception {
        assertThat(refusal(Launch.fresh("--storage.auth.jwt-secret=" + SECRET, "--storage.signing.secret=" + SECRET)))
                .contains("Give signed URLs a secret of their own")
                .doesNotContain(SECRET);
    }

    @Test
    void aPublicUrlThatIsNoAddress() throws Exception {
        assertThat(refusal(Launch.fresh("--storage.public-url=files.example.com")))
                .startsWith("storage.public-url is files.example.com: set it to an address like https://");
    }

    @Test
    void aSecretFileThatOthersCanRead() throws Exception {
        Launch launch = Launch.fresh();
        Files.createDirectories(launch.data());
        Path secret = Files.writeString(launch.data().resolve("jwt-secret"), SECRET);
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(refusal(launch)).contains("jwt-secret").doesNotContain(SECRET);
    }

    @Test
    @Tag("slow") // half a minute, for which a database that starts as well is waited for
    void aDatabaseThatIsNotThere() throws Exception {
        Launch launch = Launch.fresh(
                "--storage.database.host=127.0.0.1",
                "--storage.database.port=1",
                "--storage.database.password=geheim",
                "--storage.database.migration.username=postgres",
                "--storage.database.migration.password=geheim");

        assertThat(refusal(launch)).doesNotContain("geheim");
        assertThat(launch.data().resolve("postgres"))
                .as("no embedded server either")
                .doesNotExist();
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        Launch launch = Launch.fresh();
        try (ServerSocket taken = new ServerSocket(launch.port(), 1, InetAddress.getLoopbackAddress())) {
            assertThat(refusal(launch)).contains("Port " + taken.getLocalPort() + " is in use");
        }
    }

    @Test
    void aSettingThatMakesNoSense() throws Exception {
        assertThat(refusal(Launch.fresh("--storage.database.pool-size=many")))
                .isEqualToIgnoringNewLines("The value of storage.database.pool-size can't be read as a whole number.");
    }

    @Test
    void aSettingThatDoesNotExist() throws Exception {
        assertThat(refusal(Launch.fresh("--storage.limits.max-file-sise=1MB")))
                .isEqualToIgnoringNewLines("There is no setting storage.limits.max-file-sise.");
    }

    @Test
    void aSizeOutOfBounds() throws Exception {
        assertThat(refusal(Launch.fresh("--storage.limits.max-file-size=0")))
                .startsWith("storage.limits.max-file-size is 0B: set it to 1B at least");
    }

    @Test
    void anEmptyDirectoryWhereTheFilesShouldBe() throws Exception {
        Launch launch = Launch.fresh("--storage.local.enabled=true");
        try (Gateway gateway = launch.start()) {
            gateway.stop();
            Path objects = launch.data().resolve("objects");
            Files.move(objects, objects.resolveSibling("not-mounted"));

            assertThat(refusal(launch)).contains("The files of this database lie on the volume ");

            Files.move(objects, objects.resolveSibling("empty"));
            Files.move(objects.resolveSibling("not-mounted"), objects);
            gateway.restart();
            assertThat(gateway.asService().get("/bucket").status()).isEqualTo(200);
        }
    }

    private static String refusal(Launch launch) throws IOException, InterruptedException {
        Launch.Exit exit = launch.runToEnd();
        assertThat(exit.code()).as(exit.output()).isNotZero();
        assertThat(exit.output()).doesNotContain("\tat ", "stack_trace");
        return exit.output();
    }
}
