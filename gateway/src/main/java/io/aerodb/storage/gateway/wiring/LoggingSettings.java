package io.aerodb.storage.gateway.wiring;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Lines on standard output; read also by logback-spring.xml, which is there first.
 *
 * @param format of all lines
 * @param queueSize lines that wait for whoever reads them; further ones are dropped and counted
 */
public record LoggingSettings(
        @DefaultValue("json") Format format,
        @DefaultValue("8192") int queueSize) {

    public LoggingSettings {
        Bounds.check("storage.logging.queue-size", queueSize, 16, 1_000_000);
    }

    /** How a line is written. */
    public enum Format {
        JSON,
        ECS,
        TEXT
    }
}
