package io.aerodb.storage.gateway.wiring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How what is stored is read again and compared with its SHA-256.
 *
 * @param enabled whether this gateway does it
 * @param interval from the beginning of one pass over a backend to that of the next
 * @param maxBytesPerSecond that are read of one backend; 0 for no limit
 */
public record ScrubSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("30d") Duration interval,
        @DefaultValue("10MB") DataSize maxBytesPerSecond) {

    public ScrubSettings {
        Bounds.check("storage.scrub.interval", interval, Duration.ofSeconds(1), Duration.ofDays(3650));
        Bounds.check(
                "storage.scrub.max-bytes-per-second", maxBytesPerSecond, DataSize.ofBytes(0), DataSize.ofTerabytes(1));
    }
}
