package io.aerodb.storage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.NodeProject;
import io.aerodb.storage.harness.Shell;
import io.aerodb.storage.harness.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The README, read by a machine: {@code ./run} starts the gateway and the shell blocks do what the text says. Only the port
 * is another one, and the directory is a copy, so that nobody's data are touched.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeIT {

    private static final Pattern BLOCK = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("```js\\n(.*?)```", Pattern.DOTALL);
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "JAVA_HOME", System.getProperty("java.home"), "JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

    private final Launch ports = Launch.fresh();
    private final Path clone = ports.output().resolveSibling("clone");
    private Process gateway;

    @BeforeAll
    void startAsPrinted() throws IOException, InterruptedException {
        Files.createDirectories(clone);
        Files.copy(Shell.repository().resolve("README.md"), clone.resolve("README.md"));
        Path run = Files.writeString(
                clone.resolve("run"), "#!/bin/sh\nexec '" + Shell.repository().resolve("run") + "' \"$@\"\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder command = new ProcessBuilder(
                        "./run", "--port", "" + ports.port(), "--management-port", "" + ports.managementPort())
                .directory(clone.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ports.output().toFile());
        command.environment().putAll(ENVIRONMENT);
        gateway = command.start();
        await("the banner").atMost(Duration.ofSeconds(180)).until(() -> printed()
                .contains("is ready"));
    }

    @AfterAll
    void stop() throws InterruptedException {
        gateway.destroy();
        if (!gateway.waitFor(30, TimeUnit.SECONDS)) {
            gateway.destroyForcibly().waitFor();
            throw new AssertionError("./run did not stop");
        }
        assertThat(Sockets.processesOf(clone)).as("processes left behind").isEmpty();
        Disk.deleteTree(clone);
    }

    @Test
    void itsLinesWorkAsPrinted() throws Exception {
        List<String> blocks = BLOCK.matcher(Files.readString(clone.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).as("shell blocks of the README").hasSizeGreaterThanOrEqualTo(2);
        StringBuilder said = new StringBuilder();
        for (String block : blocks) {
            Shell shell = Shell.run(clone, ENVIRONMENT, "bash", "-euo", "pipefail", "-c", here(block));
            assertThat(shell.exitCode())
                    .as("%s%s%s", block, shell.out(), shell.err())
                    .isZero();
            said.append(shell.out());
        }
        assertThat(said.toString())
                .contains("\"checksum\"", "the same bytes", "\"code\":\"AccessDenied\"")
                .doesNotContain("Exception");
    }

    @Test
    void itsJavaScriptWorksAsPrinted() throws Exception {
        NodeProject project = NodeProject.installed();
        Matcher script = SCRIPT.matcher(Files.readString(clone.resolve("README.md")));
        assertThat(script.find()).as("a block of JavaScript").isTrue();
        assertThat(script.group(1).lines()).hasSize(5);
        Files.writeString(project.directory().resolve("hello.mjs"), here(script.group(1)));

        Shell ran = project.node(Map.of("TOKEN", tokenOfAlice()), "hello.mjs");

        assertThat(ran.exitCode()).as("%s%s", ran.out(), ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("Hello from JavaScript\n");
    }

    private String tokenOfAlice() throws IOException, InterruptedException {
        Shell token = Shell.run(clone, ENVIRONMENT, "./run", "token", "--user", "alice");
        return token.out().strip();
    }

    @Test
    void theLinesOfTheBannerWorkToo() throws Exception {
        String lines = printed()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("TOKEN=") || line.startsWith("curl "))
                .reduce("", (all, line) -> all + line + "\n");
        assertThat(lines.lines().count()).isGreaterThanOrEqualTo(4);

        String ownBucket = lines.replace("photos", "banner").replace("curl ", "curl -fsS ");
        Shell shell = Shell.run(clone, ENVIRONMENT, "bash", "-euo", "pipefail", "-c", ownBucket);

        assertThat(shell.exitCode())
                .as("%s%s%s", lines, shell.out(), shell.err())
                .isZero();
    }

    @Test
    void theFirstStartMakesItsDataForItsOwnerAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(clone.resolve("data"))))
                .isEqualTo("rwx------");
        assertThat(Files.readString(clone.resolve("data/jwt-secret"))).hasSizeGreaterThanOrEqualTo(32);
        assertThat(printed())
                .doesNotContain(
                        Files.readString(clone.resolve("data/jwt-secret")).strip());
    }

    private String here(String block) {
        return block.replace("localhost:8080", "127.0.0.1:8080").replace("127.0.0.1:8080", "127.0.0.1:" + ports.port());
    }

    private String printed() {
        try {
            String output = Files.readString(ports.output());
            if (!gateway.isAlive()) {
                throw new IllegalStateException("./run exited with " + gateway.exitValue() + ":\n" + output);
            }
            return output;
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
