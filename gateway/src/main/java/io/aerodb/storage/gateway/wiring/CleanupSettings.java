package io.aerodb.storage.gateway.wiring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How what nobody refers to is found and deleted.
 *
 * @param enabled whether this gateway does it by itself; when asked it does it anyway
 * @param interval from one comparison of the backends with the database to the next
 * @param collectInterval from one search for garbage to the next
 * @param deadAfter a gateway without a sign of life for so long is dead; what it was writing is garbage
 * @param graceFailed how long the bytes of an upload that failed stay; files younger than that are never unknown
 * @param graceDeleted how long the bytes of a deleted or overwritten object stay
 * @param concurrency files of one backend that are deleted, or looked at, at once
 * @param maxOrphanShare the part of the files of a backend that may be missing or unknown; with more it is left to a person
 * @param maxOrphans so many may be missing or unknown whatever part they are
 * @param maxMissing so many may be missing at most whatever part they are
 */
public record CleanupSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1h") Duration interval,
        @DefaultValue("1m") Duration collectInterval,
        @DefaultValue("60s") Duration deadAfter,
        @DefaultValue("15m") Duration graceFailed,
        @DefaultValue("24h") Duration graceDeleted,
        @DefaultValue("8") int concurrency,
        @DefaultValue("0.01") double maxOrphanShare,
        @DefaultValue("10") int maxOrphans,
        @DefaultValue("100") int maxMissing) {

    private static final Duration LONGEST = Duration.ofDays(365);

    public CleanupSettings {
        Bounds.check("storage.cleanup.interval", interval, Duration.ofSeconds(1), LONGEST);
        Bounds.check("storage.cleanup.collect-interval", collectInterval, Duration.ofMillis(100), Duration.ofDays(1));
        Bounds.check("storage.cleanup.dead-after", deadAfter, Duration.ofSeconds(1), Bounds.LONGEST_WAIT);
        Bounds.check("storage.cleanup.grace-failed", graceFailed, Duration.ZERO, LONGEST);
        Bounds.check("storage.cleanup.grace-deleted", graceDeleted, Duration.ZERO, LONGEST);
        Bounds.check("storage.cleanup.concurrency", concurrency, 1, 256);
        Bounds.check("storage.cleanup.max-orphan-share", maxOrphanShare, 0, 1);
        Bounds.check("storage.cleanup.max-orphans", maxOrphans, 0, Integer.MAX_VALUE);
        Bounds.check("storage.cleanup.max-missing", maxMissing, 0, Integer.MAX_VALUE);
    }
}
