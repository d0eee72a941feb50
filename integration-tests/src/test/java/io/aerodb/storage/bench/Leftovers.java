package io.aerodb.storage.bench;

import io.aerodb.storage.harness.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Files that nobody needs any more: emptied at once, deleted when all is over. An ext4 without a journal avoids the inodes of deleted
 * files for one to six minutes and looks at each of them whenever a file is made, which whoever is measured next would pay for.
 */
final class Leftovers implements AutoCloseable {

    private final List<Path> trees = new ArrayList<>();
    private boolean over;

    /** Gives their space back; they stay, with 0 bytes. Nothing happens without such a tree. */
    static void empty(Path tree) {
        try {
            Files.walkFileTree(tree, new Emptying());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Empties it, too, if it is to stay for a while. */
    synchronized void discard(Path tree) {
        if (over) {
            Disk.deleteTree(tree); // the benchmark was interrupted
        } else {
            empty(tree);
            trees.add(tree);
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        trees.forEach(Disk::deleteTree);
        trees.clear();
    }

    private static final class Emptying extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile() && attributes.size() > 0) {
                FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
            return FileVisitResult.CONTINUE;
        }

        /** It went away meanwhile, or never was. */
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
        }
    }
}
