package io.aerodb.storage.backend.local;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a local volume is used.
 *
 * @param root directory of the volume; created with mode 0700 when absent
 * @param fsync whether a success means stable storage; without it a power cut can lose acknowledged blobs
 * @param minFreeBytes the free-space mark: below it writes are refused, reads and deletes go on
 * @param threads how many threads do file and hash work
 * @param maxQueuedTasks how many tasks may wait for a thread before new calls are refused as unavailable
 * @param ioTimeout after which a call for which the volume, or a thread, has done nothing is unavailable, as on an NFS server that is
 *     away; what hangs keeps its thread until the volume is back
 */
public record LocalSettings(
        Path root, boolean fsync, long minFreeBytes, int threads, int maxQueuedTasks, Duration ioTimeout) {

    public LocalSettings {
        if (minFreeBytes < 0 || threads < 1 || maxQueuedTasks < 1 || ioTimeout.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "minFreeBytes must not be negative; threads, maxQueuedTasks and the milliseconds of ioTimeout at least 1");
        }
    }
}
