package io.aerodb.storage.gateway.wiring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How buckets are moved to other backends. A gateway works on one migration at a time.
 *
 * @param parallelism blobs that are copied at once
 * @param maxBytesPerSecond of all copies of this gateway together; 0 for no limit
 * @param pollInterval how often a gateway without work looks for some, and how long one waits for uploads
 * @param lease how long a migration waits for the gateway that works on it, before another one goes on
 * @param maxUploadWait an upload to another backend that began longer ago is not waited for
 */
public record MigrationSettings(
        @DefaultValue("4") int parallelism,
        @DefaultValue("0") DataSize maxBytesPerSecond,
        @DefaultValue("2s") Duration pollInterval,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("24h") Duration maxUploadWait) {

    public MigrationSettings {
        Bounds.check("storage.migrations.parallelism", parallelism, 1, 64);
        Bounds.check(
                "storage.migrations.max-bytes-per-second",
                maxBytesPerSecond,
                DataSize.ofBytes(0),
                DataSize.ofTerabytes(1));
        Bounds.check("storage.migrations.poll-interval", pollInterval, Duration.ofMillis(100), Duration.ofMinutes(10));
        Bounds.check("storage.migrations.lease", lease, Duration.ofSeconds(3), Bounds.LONGEST_WAIT);
        Bounds.check("storage.migrations.max-upload-wait", maxUploadWait, Duration.ofMinutes(1), Duration.ofDays(30));
    }
}
