package io.aerodb.storage.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./run image} leaves behind, with programs in place of Maven and of what makes the base. */
class ImageBuildTest {

    @TempDir
    private Path directory;

    @Test
    void aBuildThatFailsLeavesNoImageNotEvenAnOlderOne() throws Exception {
        Path older = Files.createDirectories(images()).resolve("aerodb-storage.tar");
        Files.writeString(older, "older");

        Shell build = build("echo half > gateway/target/image/aerodb-storage.digest; exit 1");

        assertThat(build.exitCode()).isNotZero();
        assertThat(left()).doesNotContain("aerodb-storage.tar", "aerodb-storage.digest");
    }

    @Test
    void aBuildThatSucceedsLeavesItsImage() throws Exception {
        Shell build = build("for kind in tar digest; do echo x > gateway/target/image/aerodb-storage.$kind; done");

        assertThat(build.exitCode()).as(build.err()).isZero();
        assertThat(left()).contains("aerodb-storage.tar", "aerodb-storage.digest");
    }

    private Shell build(String maven) throws IOException, InterruptedException {
        Path image = Shell.repository().resolve("image");
        program("image/build", Files.readString(image.resolve("build")));
        program("image/base", "#!/bin/sh\n");
        program("image/root/app/start", "#!/bin/sh\n");
        program("bin/mvn", "#!/bin/sh\ncd '%s'\n%s\n".formatted(repository(), maven));
        program("bin/mmdebstrap", "#!/bin/sh\n");
        program("jdk/bin/jlink", "#!/bin/sh\n");
        Files.writeString(repository().resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
        return Shell.run(
                directory,
                Map.of(
                        "PATH",
                        repository().resolve("bin") + ":" + System.getenv("PATH"),
                        "JDK25_HOME",
                        repository().resolve("jdk").toString()),
                repository().resolve("image/build").toString(),
                "--no-cache");
    }

    private void program(String name, String text) throws IOException {
        Path file = repository().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path repository() {
        return directory.resolve("a repository");
    }

    private Path images() {
        return repository().resolve("gateway/target/image");
    }

    private Stream<String> left() throws IOException {
        try (Stream<Path> files = Files.list(images())) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }
}
