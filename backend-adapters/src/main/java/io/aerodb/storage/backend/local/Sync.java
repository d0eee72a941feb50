package io.aerodb.storage.backend.local;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The step to stable storage. After a failure the kernel may have dropped what it could not write, and trying again would
 * report success: a failed sync fails the write and is never repeated for the same file.
 */
interface Sync {

    /** The bytes and the size of an open file. */
    void file(FileChannel file) throws IOException;

    /** The names in a directory. */
    void directory(Path directory) throws IOException;

    static Sync of(boolean fsync) {
        return fsync ? new Disk() : new None();
    }

    /** Waits for the disk. */
    record Disk() implements Sync {

        @Override
        public void file(FileChannel file) throws IOException {
            file.force(true);
        }

        @Override
        public void directory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ, NOFOLLOW_LINKS)) {
                channel.force(true);
            }
        }
    }

    /** Leaves it to the kernel's own time. */
    record None() implements Sync {

        @Override
        public void file(FileChannel file) {}

        @Override
        public void directory(Path directory) {}
    }
}
