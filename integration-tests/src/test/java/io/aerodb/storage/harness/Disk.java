package io.aerodb.storage.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the local backend has on disk. A file whose path below the root is a blob's key is a blob, but in a hidden directory. */
public record Disk(Path root) implements Stored {

    private static final String BLOB = "(?!\\.)[^/]+/[0-9a-f]{2}/[0-9a-f-]{36}~[^/]*";

    /** Keys of the complete blobs of one bucket. */
    @Override
    public List<String> blobs(String bucketId) {
        return files().stream()
                .filter(file -> file.matches("(.*/)?" + BLOB))
                .filter(file -> file.contains(bucketId + "/"))
                .toList();
    }

    /** Files of one bucket that are not blobs, wherever the backend keeps its unfinished ones. */
    @Override
    public List<String> unfinished() {
        return files().stream()
                .filter(file -> file.contains("/"))
                .filter(file -> !file.matches(BLOB))
                .toList();
    }

    /** Where a blob of this key is. */
    public Path blob(String key) {
        return root.resolve(key);
    }

    /** Every file, relative to the root. */
    @Override
    public List<String> files() {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> root.relativize(file).toString())
                    .toList();
        } catch (UncheckedIOException | IOException changing) {
            return files(); // a file went away while the tree was walked
        }
    }

    @Override
    public void lose(String key) {
        delete(blob(key));
    }

    public static void deleteTree(Path tree) {
        try (Stream<Path> files = Files.walk(tree)) {
            files.sorted(Comparator.reverseOrder()).forEach(Disk::delete);
        } catch (IOException gone) {
            // nothing left to delete
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException busy) {
            throw new UncheckedIOException(busy);
        }
    }
}
