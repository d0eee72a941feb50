package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.wiring.AuditSettings;
import io.aerodb.storage.gateway.wiring.AuditSettings.WhenFull;
import io.aerodb.storage.gateway.wiring.LoggingSettings;
import io.aerodb.storage.gateway.wiring.LoggingSettings.Format;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

class AuditFileTest {

    private static final LoggingSettings LOGGING = new LoggingSettings(Format.TEXT, 16);

    @TempDir
    Path directory;

    private static AuditSettings settings(Path file) {
        return new AuditSettings(true, file, DataSize.ofMegabytes(1), 2, 16, WhenFull.DROP);
    }

    private static void write(AuditFile file, String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        file.write(bytes, bytes.length);
    }

    @Test
    void itIsContinuedAndPutAsideWhenItHasItsSize() throws IOException {
        Path path = directory.resolve("audit.log");
        try (AutoCloseableFile first = new AutoCloseableFile(new AuditFile(path, 10, 3))) {
            write(first.file(), "one\n");
        }
        try (AutoCloseableFile again = new AutoCloseableFile(new AuditFile(path, 10, 3))) {
            write(again.file(), "two\n");
            write(again.file(), "three\n");
            write(again.file(), "four four\n");
            write(again.file(), "five five\n");
        }

        assertThat(path).hasContent("five five\n");
        assertThat(directory.resolve("audit.log.1")).hasContent("four four\n");
        assertThat(directory.resolve("audit.log.2")).hasContent("three\n");
        assertThat(directory).isDirectoryNotContaining("glob:**.3");
    }

    @Test
    void halfALineThatACrashLeftDoesNotSpoilTheNextOne() throws IOException {
        Path path = Files.writeString(directory.resolve("audit.log"), "whole\nhal");
        try (AutoCloseableFile file = new AutoCloseableFile(new AuditFile(path, 100, 3))) {
            write(file.file(), "next\n");
        }
        assertThat(path).hasContent("whole\nhal\nnext\n");
    }

    @Test
    void aFileHasOneWriter() throws IOException {
        Path path = directory.resolve("audit.log");
        try (AutoCloseableFile first = new AutoCloseableFile(new AuditFile(path, 100, 3))) {
            assertThatThrownBy(() -> new AuditFile(path, 100, 3)).hasMessage("another process writes to it");
            write(first.file(), "one\n");
        }
        assertThat(path).hasContent("one\n");
    }

    @Test
    void othersMayNotReadIt() throws IOException {
        Path path = directory.resolve("audit.log");
        new AuditFile(path, 10, 1).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aFileThatCannotBeOpenedIsRefusedWithASentence() {
        assertThatThrownBy(() -> AuditLog.open(settings(directory), LOGGING, new SimpleMeterRegistry()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("storage.audit.file")
                .hasMessageContaining(directory.toString());
    }

    @Test
    void linesOfTheAuditGoToItsFileAloneAndAreJson() throws IOException {
        Path path = directory.resolve("audit.log");
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (AuditLog audit = AuditLog.open(settings(path), LOGGING, meters)) {
            assertThat(audit.enabled()).isTrue();
            LoggerFactory.getLogger("audit")
                    .atInfo()
                    .addKeyValue("operation", "delete")
                    .log("delete");
        }

        String line = Files.readString(path);
        assertThat(JsonMapper.shared().readTree(line).get("operation").asString())
                .isEqualTo("delete");
        assertThat(meters.get("storage.log.dropped")
                        .tag("log", "audit")
                        .functionCounter()
                        .count())
                .isZero();
    }

    private record AutoCloseableFile(AuditFile file) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
