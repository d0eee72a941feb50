package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.gateway.log.Operation;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** The facts of one request as an event of a log. */
final class OperationLine {

    /** Stand in each line, null or not. */
    private static final Set<LogField> ALWAYS = EnumSet.range(LogField.OPERATION, LogField.DURATION_MS);

    /** Who looks for what happened needs them; who counts what happens does not. */
    private static final Set<LogField> OF_AUDIT = EnumSet.of(LogField.SOURCE, LogField.PATHS);

    private final Operation operation;
    private final Map<LogField, Object> facts;

    OperationLine(Operation operation, Facts facts) {
        this.operation = operation;
        this.facts = facts.all();
        this.facts.put(LogField.OPERATION, operation.word());
        if (this.facts.get(LogField.DURATION) instanceof Long nanos) {
            this.facts.put(LogField.DURATION_MS, Duration.ofNanos(nanos).toMillis());
        }
    }

    /** @param dataset which log it is, for who finds both in one stream */
    void write(Logger log, Level level, String dataset) {
        LoggingEventBuilder event = log.atLevel(level);
        boolean audit = dataset.endsWith("audit");
        for (LogField field : LogField.values()) {
            Object value = field == LogField.DATASET ? dataset : facts.get(field);
            if (shown(field, value, audit)) {
                event.addKeyValue(field.key(), value);
            }
        }
        event.log(operation.word());
    }

    private static boolean shown(LogField field, @Nullable Object value, boolean audit) {
        return ALWAYS.contains(field) || value != null && (audit || !OF_AUDIT.contains(field));
    }
}
