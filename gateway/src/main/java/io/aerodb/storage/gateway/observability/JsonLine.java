package io.aerodb.storage.gateway.observability;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.aerodb.storage.gateway.log.LogField;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One event of the log as one line of JSON: the names that operators were promised, beside those of ECS (docs/operations.md,
 * "Logs"). A message that begins with {@code event=word} is the line of an operation of that name.
 */
final class JsonLine {

    static final String SERVICE = "file_storage";

    private static final Pattern EVENT = Pattern.compile("event=([a-z0-9_]+)");
    private static final int MOST = 4096;
    private static final int MOST_OF_A_TRACE = 32 * 1024;

    private final StringBuilder json = new StringBuilder(768);
    private final ILoggingEvent event;

    private JsonLine(ILoggingEvent event) {
        this.event = event;
    }

    /** @param serviceField {@code service}, or {@code service.name} where that is an object */
    static String of(ILoggingEvent event, String serviceField) {
        return new JsonLine(event).written(serviceField);
    }

    private String written(String serviceField) {
        List<KeyValuePair> pairs = pairs();
        json.append("{\"@timestamp\":\"").append(event.getInstant()).append('"');
        field("level", event.getLevel().toString());
        field(serviceField, SERVICE);
        pairs.forEach(pair -> field(pair.key, pair.value));
        field("message", event.getFormattedMessage());
        field("log.level", event.getLevel().toString());
        field("log.logger", event.getLoggerName());
        field("process.thread.name", event.getThreadName());
        field("ecs.version", "8.11");
        pairs.forEach(this::twin);
        failure(event.getThrowableProxy());
        return json.append("}\n").toString();
    }

    private List<KeyValuePair> pairs() {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            return pairs;
        }
        Matcher named = EVENT.matcher(event.getFormattedMessage());
        return named.lookingAt() ? List.of(new KeyValuePair(LogField.OPERATION.key(), named.group(1))) : List.of();
    }

    private void twin(KeyValuePair pair) {
        if (pair.value != null) {
            LogField.of(pair.key).flatMap(LogField::twin).ifPresent(twin -> field(twin, pair.value));
        }
    }

    private void failure(@Nullable IThrowableProxy failure) {
        if (failure != null) {
            field("error.type", failure.getClassName());
            field("error.message", failure.getMessage());
            json.append(",\"error.stack_trace\":");
            JsonText.value(json, ThrowableProxyUtil.asString(failure), MOST_OF_A_TRACE);
        }
    }

    private void field(String name, @Nullable Object value) {
        json.append(",\"").append(name).append("\":");
        JsonText.value(json, value, MOST);
    }
}
