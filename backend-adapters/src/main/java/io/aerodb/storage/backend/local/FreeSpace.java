package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.FileSystemSpace.Space;
import java.io.IOException;
import java.nio.file.FileStore;

/**
 * The room that is left for writes.
 *
 * @param mark bytes that stay free
 */
record FreeSpace(FileStore store, long mark) {

    /** Bytes this process could still write, the mark not considered. */
    long usable() throws IOException {
        return store.getUsableSpace();
    }

    /** Of the file system, the mark not considered. */
    Space space() throws IOException {
        return new Space(usable(), store.getTotalSpace());
    }

    /** Fails with {@link BackendException.InsufficientStorage} when so many more bytes would go below the mark. */
    void require(long bytes) throws IOException {
        long usable = usable();
        if (usable - mark < bytes) {
            throw new BackendException.InsufficientStorage(
                    "%d bytes needed, %d usable, of which %d stay free".formatted(bytes, usable, mark), null);
        }
    }
}
