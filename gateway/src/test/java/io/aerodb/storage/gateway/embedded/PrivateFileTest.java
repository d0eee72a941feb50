package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.gateway.wiring.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFileTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("secret");
    }

    @Test
    void secretIsMadeOnceForTheOwnerAlone() throws IOException {
        String secret = PrivateFile.secret(file);
        assertThat(secret).matches("[A-Za-z0-9_-]{43}");
        assertThat(PrivateFile.secret(file)).isEqualTo(secret);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(directory.toFile().list()).containsExactly("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rwx------", "rw--w----"})
    void fileThatOthersMayUseIsRefused(String mode) throws IOException {
        PrivateFile.secret(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> PrivateFile.secret(file))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("chmod 600 '%s'", file);
    }

    @Test
    void shortSecretIsRefused() throws IOException {
        PrivateFile.secret(file);
        Files.writeString(file, "secret\n");
        assertThatThrownBy(() -> PrivateFile.secret(file))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("less than 32 characters");
    }

    @Test
    void thoseWhoCreateAtTheSameTimeGetTheSameSecret() {
        assertThat(IntStream.range(0, 64).parallel().mapToObj(reader -> PrivateFile.secret(file)))
                .containsOnly(PrivateFile.secret(file));
    }

    @Test
    void directoryThatIsMissingIsASentence() {
        Path lost = directory.resolve("no/where");
        assertThatThrownBy(() -> PrivateFile.secret(lost))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining(lost.toString());
    }
}
