package io.aerodb.storage.gateway.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aerodb.storage.gateway.wiring.StartRefused;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerUserTest {

    @TempDir
    Path temporary;

    @Test
    void ordinaryUserRunsTheServerHimself() throws Exception {
        assumeTrue(!root(), "skipped: the tests run as root");
        assertThat(ServerUser.of(fresh(temporary)).prefix()).isEmpty();
    }

    @Test
    void rootRunsTheServerInANamespaceWithoutPrivileges() throws Exception {
        assumeTrue(root(), "skipped: the tests do not run as root");
        assertThat(ServerUser.of(fresh(temporary), true).prefix()).containsExactly("unshare", "-U");
    }

    @Test
    void rootWithoutNamespacesGivesTheDirectoryToNobody() throws Exception {
        assumeTrue(root(), "skipped: the tests do not run as root");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataDirectory directory = fresh(temporary.resolve("data"));
        ServerUser user = ServerUser.of(directory, false);
        assertThat(user.prefix()).contains("setpriv", "--reuid=65534");
        assertThat(Files.getAttribute(directory.postgres(), "unix:uid")).isEqualTo(65534);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.root())))
                .isEqualTo("rwx--x--x");
        assertThat(ServerUser.of(directory, true)).isEqualTo(user);
    }

    @Test
    void serverRunsAsNobody() throws Exception {
        assumeTrue(root(), "skipped: the tests do not run as root");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        DataDirectory directory = fresh(temporary.resolve("data"));
        ServerUser.of(directory, false);
        // its programs lie in the directory too: nobody can not reach the build directory of these tests
        var settings = new StorageSettings.Embedded(0, null);
        try (EmbeddedPostgres server = new EmbeddedPostgres(directory.root(), settings)) {
            assertThat(new Sql(server.start()).ask("SELECT 1")).isEqualTo("1");
            assertThat(Servers.leftovers(directory.root()).running()).isNotEmpty();
        }
        assertThat(Servers.leftovers(directory.root()).running()).isEmpty();
    }

    @Test
    void directoryThatNobodyCanNotReachIsASentence() throws Exception {
        assumeTrue(root(), "skipped: the tests do not run as root");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx------"));
        DataDirectory directory = fresh(temporary.resolve("data"));
        assertThatThrownBy(() -> ServerUser.of(directory, false))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("does not run as root");
    }

    private static DataDirectory fresh(Path root) {
        return new DataDirectory(root).createdWithPostgres();
    }

    private static boolean root() throws Exception {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
