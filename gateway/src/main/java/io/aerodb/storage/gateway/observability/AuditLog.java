package io.aerodb.storage.gateway.observability;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.aerodb.storage.gateway.wiring.AuditSettings;
import io.aerodb.storage.gateway.wiring.LoggingSettings;
import io.aerodb.storage.gateway.wiring.LoggingSettings.Format;
import io.aerodb.storage.gateway.wiring.StartRefused;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Gives the logger {@code audit} a queue of its own that ends in its file, or in standard output, for as long as this is
 * open, and shows what the queues lose.
 */
final class AuditLog implements AutoCloseable {

    private static final String NAME = "audit";

    private final Logger logger = (Logger) LoggerFactory.getLogger(NAME);
    private final @Nullable LogQueue queue;

    private AuditLog(@Nullable LogQueue queue) {
        this.queue = queue;
    }

    /** @throws StartRefused when the file can't be opened */
    static AuditLog open(AuditSettings settings, LoggingSettings logging, MeterRegistry meters) {
        console().ifPresent(console -> count(console, meters));
        if (!settings.enabled()) {
            return new AuditLog(null);
        }
        LogQueue queue = queue(settings, logging);
        AuditLog audit = new AuditLog(queue);
        audit.logger.setAdditive(false);
        audit.logger.addAppender(queue);
        count(queue, meters);
        return audit;
    }

    boolean enabled() {
        return queue != null;
    }

    /** The part of the room for lines that wait that is taken, from 0 to 1. */
    double filled() {
        return queue == null ? 0 : queue.filled();
    }

    @Override
    public void close() {
        if (queue != null) {
            logger.detachAppender(queue);
            logger.setAdditive(true);
            queue.stop();
        }
    }

    private static LogQueue queue(AuditSettings settings, LoggingSettings logging) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LogQueue queue = new LogQueue();
        queue.setContext(context);
        queue.setName(NAME);
        queue.setQueueSize(settings.queueSize());
        queue.setSink(settings.file() == null ? LogSink.standardOutput() : file(settings.file(), settings));
        queue.setEncoder(encoder(
                context, settings.file() != null && logging.format() == Format.TEXT ? Format.JSON : logging.format()));
        queue.start();
        return queue;
    }

    private static LogEncoder encoder(LoggerContext context, Format format) {
        LogEncoder encoder = new LogEncoder();
        encoder.setContext(context);
        encoder.setFormat(format.name());
        encoder.start();
        return encoder;
    }

    private static AuditFile file(Path file, AuditSettings settings) {
        try {
            return new AuditFile(file, settings.maxFileSize().toBytes(), settings.maxFiles());
        } catch (IOException unopened) {
            throw new StartRefused(
                    "The file of storage.audit.file, %s, can't be opened for writing: set it to one that can, or unset it."
                            .formatted(file),
                    unopened);
        }
    }

    private static Optional<LogQueue> console() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        return Optional.ofNullable(root.getAppender("console"))
                .filter(LogQueue.class::isInstance)
                .map(LogQueue.class::cast);
    }

    private static void count(LogQueue queue, MeterRegistry meters) {
        FunctionCounter.builder("storage.log.dropped", queue, LogQueue::dropped)
                .description("Lines that were not written because whoever takes them was too slow or failed")
                .tag("log", queue.getName())
                .register(meters);
        FunctionCounter.builder("storage.log.write.failures", queue, LogQueue::failures)
                .description("Attempts to write lines that failed")
                .tag("log", queue.getName())
                .register(meters);
    }
}
