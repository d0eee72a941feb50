package io.aerodb.storage.gateway.wiring;

import io.aerodb.storage.backend.local.LocalSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * A backend that is a local directory.
 *
 * @param enabled whether there is this backend at all
 * @param root directory of the blobs
 * @param fsync whether a success status means stable storage; off only where losing data is fine
 * @param minFreeSpace uploads are refused with 507 when fewer bytes are free
 * @param threads threads of the blob scheduler
 * @param maxQueuedTasks tasks the blob scheduler holds before it refuses
 * @param ioTimeout after which a directory that does nothing is unavailable
 */
record LocalBackendSettings(
        @DefaultValue("true") boolean enabled,
        @Nullable Path root,
        @DefaultValue("true") boolean fsync,
        @DefaultValue("256MB") DataSize minFreeSpace,
        @DefaultValue("16") int threads,
        @DefaultValue("10000") int maxQueuedTasks,
        @DefaultValue("30s") Duration ioTimeout) {

    /** @param prefix what stands before the names of its settings */
    void check(String prefix) {
        Bounds.check(prefix + ".min-free-space", minFreeSpace, DataSize.ofBytes(0), DataSize.ofTerabytes(1024));
        Bounds.check(prefix + ".threads", threads, 1, 1024);
        Bounds.check(prefix + ".max-queued-tasks", maxQueuedTasks, 1, 1_000_000);
        Bounds.check(prefix + ".io-timeout", ioTimeout, Duration.ofMillis(100), Bounds.LONGEST_WAIT);
    }

    LocalSettings at(Path directory) {
        return new LocalSettings(directory, fsync, minFreeSpace.toBytes(), threads, maxQueuedTasks, ioTimeout);
    }
}
