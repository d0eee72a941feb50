package io.aerodb.storage.backend.local;

import java.nio.file.Path;

/**
 * How a local volume is used.
 *
 * @param root directory of the volume; created with mode 0700 when absent
 * @param fsync whether a success means stable storage; without it a power cut can lose acknowledged blobs
 * @param minFreeBytes the free-space mark: below it writes are refused, reads and deletes go on
 * @param threads how many threads do file and hash work
 * @param maxQueuedTasks how many tasks may wait for a thread before new calls are refused as unavailable
 */
public record LocalSettings(Path root, boolean fsync, long minFreeBytes, int threads, int maxQueuedTasks) {

    public LocalSettings {
        if (minFreeBytes < 0 || threads < 1 || maxQueuedTasks < 1) {
            throw new IllegalArgumentException(
                    "minFreeBytes must not be negative; threads and maxQueuedTasks at least 1");
        }
    }
}
