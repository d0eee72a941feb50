package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That no inode is given back while something is measured. */
class LeftoversTest {

    @TempDir
    private Path directory;

    private Path tree;
    private Path file;

    @BeforeEach
    void aFile() throws IOException {
        tree = Files.createDirectories(directory.resolve("bucket"));
        file = Files.writeString(Files.createDirectories(tree.resolve("folder")).resolve("0"), "content");
    }

    @Test
    void anEmptiedFileKeepsItsInode() throws IOException {
        Object inode = Files.getAttribute(file, "unix:ino");

        Leftovers.empty(tree);

        assertThat(file).isEmptyFile();
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
    }

    @Test
    void whatIsBehindALinkIsLeftAlone() throws IOException {
        Path other = Files.writeString(directory.resolve("other"), "content");
        Files.createSymbolicLink(tree.resolve("link"), other);

        Leftovers.empty(tree);

        assertThat(other).hasContent("content");
    }

    @Test
    void discardedTreesAreEmptiedAtOnceAndDeletedAtTheEnd() {
        Leftovers leftovers = new Leftovers();

        leftovers.discard(tree);
        assertThat(file).isEmptyFile();

        leftovers.close();
        assertThat(tree).doesNotExist();
        assertThat(directory).exists();
    }

    @Test
    void whatIsDiscardedAfterTheEndIsDeletedAtOnce() {
        Leftovers leftovers = new Leftovers();
        leftovers.close();

        leftovers.discard(tree);

        assertThat(tree).doesNotExist();
    }

    @Test
    void aBucketWithoutFilesIsNoFailure() {
        assertThatCode(() -> Leftovers.empty(directory.resolve("none"))).doesNotThrowAnyException();
    }
}
