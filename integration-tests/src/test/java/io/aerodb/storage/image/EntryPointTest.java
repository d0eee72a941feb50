package io.aerodb.storage.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the image's entry point makes of a container's memory, with a program in place of Java that prints its arguments. */
class EntryPointTest {

    @TempDir
    private Path app;

    @BeforeEach
    void copy() throws IOException {
        Files.copy(Shell.repository().resolve("image/root/app/start"), app.resolve("start"));
        Files.writeString(app.resolve("jib-main-class-file"), "Main");
        Files.writeString(app.resolve("jib-classpath-file"), "a.jar:b.jar");
        Path java = Files.createDirectory(app.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void heapAndBuffersShareWhatTheJvmItselfLeaves() throws Exception {
        assertThat(start(Map.of("MEMORY_LIMIT_MIB", "1024")))
                .contains("-Xmx400m", "-XX:MaxDirectMemorySize=400m", "-Dio.netty.maxDirectMemory=314572800");
        assertThat(start(Map.of("MEMORY_LIMIT_MIB", "4096"))).contains("-Xmx1936m", "-XX:MaxDirectMemorySize=1936m");
    }

    @Test
    void aLimitThatIsTooSmallIsRefusedWithTheLeast() throws Exception {
        assertThat(start(Map.of("MEMORY_LIMIT_MIB", "351")))
                .containsExactly("The container's memory limit is 351 MiB: the gateway needs 352 MiB at least.");
        assertThat(start(Map.of("MEMORY_LIMIT_MIB", "352"))).contains("-Xmx64m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 GiB", "512m", "-5", "08", "0x400", "abc", "99999999999999"})
    void aLimitThatIsNoNumberIsRefused(String limit) throws Exception {
        assertThat(start(Map.of("MEMORY_LIMIT_MIB", limit)))
                .containsExactly("MEMORY_LIMIT_MIB is '" + limit + "', and has to be a number like 1024.");
    }

    @Test
    void optionsOfTheUserAreNoPatternsOfFiles() throws Exception {
        assertThat(start(Map.of("JAVA_OPTS", app + "/*"))).contains(app + "/*");
    }

    @Test
    void commandsTakeLessAndAreHandedOn() throws Exception {
        List<String> words = start(Map.of("MEMORY_LIMIT_MIB", "256"), "self-test", "http://a b", "--token-file=t");

        assertThat(words).contains("-Xmx85m").endsWith("Main", "self-test", "http://a b", "--token-file=t");
    }

    @Test
    void optionsOfTheUserComeAfterItsOwnAndWin() throws Exception {
        assertThat(start(Map.of("MEMORY_LIMIT_MIB", "1024", "JAVA_OPTS", "-Xmx700m -XX:+UseZGC")))
                .containsSubsequence("-Xmx400m", "-Xmx700m", "-XX:+UseZGC", "-cp", "Main");
    }

    @Test
    void theCacheIsNamedWhereThereIsOne() throws Exception {
        assertThat(start(Map.of())).noneMatch(word -> word.contains("AOT"));
        Files.createDirectory(app.resolve("aot"));
        Files.createFile(app.resolve("aot/gateway.aot"));
        assertThat(start(Map.of())).contains("-XX:AOTCache=" + app.resolve("aot/gateway.aot"));
    }

    private List<String> start(Map<String, String> settings, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("PATH", app.resolve("bin") + ":" + System.getenv("PATH"));
        String[] command = Stream.concat(Stream.of("sh", app.resolve("start").toString()), Stream.of(arguments))
                .toArray(String[]::new);
        Shell done = Shell.run(app, environment, command);
        return (done.out() + done.err()).lines().toList();
    }
}
