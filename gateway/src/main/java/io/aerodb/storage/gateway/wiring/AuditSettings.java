package io.aerodb.storage.gateway.wiring;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The record of changes, links, administration, denials, and of what passes by row security.
 *
 * @param file where it is written; not set: standard output, beside the other lines
 * @param maxFileSize at which a file is put aside
 * @param maxFiles that are kept, the one that grows included
 * @param queueSize lines that wait to be written
 * @param whenFull what happens when lines come faster than they are written
 */
public record AuditSettings(
        @DefaultValue("true") boolean enabled,
        @Nullable Path file,
        @DefaultValue("100MB") DataSize maxFileSize,
        @DefaultValue("10") int maxFiles,
        @DefaultValue("8192") int queueSize,
        @DefaultValue("drop") WhenFull whenFull) {

    public AuditSettings {
        Bounds.check("storage.audit.max-file-size", maxFileSize, DataSize.ofKilobytes(1), DataSize.ofTerabytes(1));
        Bounds.check("storage.audit.max-files", maxFiles, 1, 10_000);
        Bounds.check("storage.audit.queue-size", queueSize, 16, 1_000_000);
    }

    /** Whether lines are dropped, or requests refused before. */
    public enum WhenFull {
        DROP,
        REFUSE
    }
}
