package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresBinariesTest {

    @TempDir
    Path parent;

    @ParameterizedTest
    @CsvSource({"Mac OS X,aarch64", "Windows 11,amd64", "Linux,riscv64"})
    void platformWithoutProgramsIsToldToBringADatabase(String system, String processor) {
        assertThatThrownBy(() -> PostgresBinaries.archive(system, processor))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("no embedded PostgreSQL for %s on %s", system, processor)
                .hasMessageContaining("set storage.database.host");
    }

    @ParameterizedTest
    @CsvSource({"Linux,amd64", "Linux,aarch64"})
    void linuxHasPrograms(String system, String processor) {
        assertThatCode(() -> PostgresBinaries.archive(system, processor)).doesNotThrowAnyException();
    }

    @Test
    void programsAppearAtOnceAndOnlyOnce() throws Exception {
        PostgresBinaries first = PostgresBinaries.below(parent);
        assertThat(first.program("postgres")).isExecutable();
        assertThat(first.program("initdb")).isExecutable();
        assertThat(parent.toFile().list())
                .containsExactly(first.home().getFileName().toString());
        Path mark = Files.createFile(first.home().resolve("mark"));
        assertThat(PostgresBinaries.below(parent)).isEqualTo(first);
        assertThat(mark).exists();
    }

    @Test
    void leftoversOfOtherVersionsAndKilledUnpackingGo() throws Exception {
        PostgresBinaries binaries = new PostgresBinaries(Files.createDirectory(parent.resolve("bin-new")));
        Files.createDirectories(parent.resolve("bin-old/bin"));
        Files.createDirectories(parent.resolve("unpack-123/bin"));
        Files.createDirectories(parent.resolve("data"));
        binaries.removeOthers();
        assertThat(parent.toFile().list()).containsExactlyInAnyOrder("bin-new", "data");
    }
}
