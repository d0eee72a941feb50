package io.aerodb.storage.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ./run} tells the JVM, with a program in place of Java that prints its arguments. */
class RunOptionsIT {

    private static final String PARALLEL = "-XX:+UseParallelGC";

    @TempDir
    private Path home;

    @BeforeEach
    void java() throws IOException {
        Path java = Files.createDirectory(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theCollectorIsParallelWhereNobodyChose() throws Exception {
        assertThat(run(Map.of())).contains(PARALLEL);
        assertThat(run(Map.of("JAVA_OPTS", "-Xmx1g -XX:+UseStringDeduplication -XX:-UseGCOverheadLimit")))
                .contains(PARALLEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"})
    void whoChoosesACollectorGetsNoSecondOne(String variable) throws Exception {
        assertThat(run(Map.of(variable, "-Xmx1g -XX:+UseG1GC"))).doesNotContain(PARALLEL);
        assertThat(run(Map.of(variable, "-XX:+UseZGC -Dsome=thing"))).doesNotContain(PARALLEL);
    }

    private List<String> run(Map<String, String> options) throws Exception {
        Map<String, String> environment = new HashMap<>(
                Map.of("JAVA_HOME", home.toString(), "JAVA_OPTS", "", "JAVA_TOOL_OPTIONS", "", "JDK_JAVA_OPTIONS", ""));
        environment.putAll(options);
        Shell shell = Shell.run(Shell.repository(), environment, "./run");
        assertThat(shell.exitCode()).as(shell.err()).isZero();
        return shell.out().lines().toList();
    }
}
