package io.aerodb.storage.process;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** All other tests run the gateway as whoever runs them; where that is root, this one runs it as nobody. */
class OrdinaryUserIT {

    private static final String NOBODY = "65534";

    @Test
    void itServesWithoutRootsRights() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("user.name").equals("root"), "the other tests run as an ordinary user already");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv on this system");
        Path home = Files.createTempDirectory("aerodb-nobody-");
        try {
            serve(home);
        } finally {
            io.aerodb.storage.harness.Disk.deleteTree(home);
        }
    }

    private static void serve(Path home) throws IOException {
        Launch launch = Launch.fresh();
        Path jar = Files.copy(launch.jar(), home.resolve("gateway.jar"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setAttribute(home, "unix:uid", Integer.parseInt(NOBODY));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        List<String> asNobody =
                List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--no-new-privs");
        try (Gateway gateway = launch.through(asNobody, jar, home).start()) {
            Api api = gateway.asUser(Names.user());
            String bucket = api.newBucket("private");
            assertThat(api.upload(bucket, "file", Bytes.of("x"))).hasStatus(201);
            assertThat(api.download(bucket, "file")).hasBody(Bytes.of("x"));
            assertThat(Files.getAttribute(gateway.launch().data(), "unix:uid")).isEqualTo(Integer.parseInt(NOBODY));
            looksAtItsFilesBesideOnesOfRoot(gateway);
            tellsOfADirectoryThatItMayNotRead(gateway);
        }
    }

    /** A file system of its own has a directory that only root may read. */
    private static void looksAtItsFilesBesideOnesOfRoot(Gateway gateway) throws IOException {
        Path lost = Files.createDirectories(gateway.directory().root().resolve("lost+found"));
        Files.setPosixFilePermissions(lost, PosixFilePermissions.fromString("rwx------"));
        assertThat(gateway.asService()
                        .postJson("/admin/orphans", "{\"dry_run\": true}")
                        .expect(200)
                        .text())
                .contains("\"outcome\":\"done\"")
                .doesNotContain("failed");
    }

    /** What nobody knows is found all the same, in whatever order directories come. */
    private static void tellsOfADirectoryThatItMayNotRead(Gateway gateway) throws IOException {
        Path root = gateway.directory().root();
        Path closed = Files.createDirectory(root.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        Path unknown =
                Files.createDirectories(root.resolve("open/ab")).resolve("00000000-0000-4000-8000-0000000000ab~file");
        Files.setLastModifiedTime(Files.createFile(unknown), FileTime.from(Instant.EPOCH));
        String report = gateway.asService()
                .postJson("/admin/orphans", "{\"dry_run\": true}")
                .expect(200)
                .text();
        assertThat(report).contains("\"step\":\"list\"", "\"unknown\":1", "\"outcome\":\"failed\"");
        assertThat(gateway.output()).contains("event=files_not_listed backend=local");
    }
}
