package io.aerodb.storage.gateway.observability;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import io.aerodb.storage.gateway.http.LogText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** Lines of the log in the format of {@code storage.logging.format}: JSON, JSON with ECS alone, or text for a terminal. */
public final class LogEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};

    private String format = "json";
    private String pattern = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %5p %logger : %m%n";
    private @Nullable PatternLayout text;

    /** What is none of the formats is JSON; the settings refuse it. */
    public void setFormat(String format) {
        this.format = format.toLowerCase(Locale.ROOT);
    }

    /** Of a line of text, in Logback's words. */
    public void setPattern(String pattern) {
        this.pattern = pattern;
    }

    @Override
    public void start() {
        if (format.equals("text")) {
            text = new PatternLayout();
            text.setContext(getContext());
            text.setPattern(pattern);
            text.start();
        }
        super.start();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return line(event).getBytes(StandardCharsets.UTF_8);
    }

    private String line(ILoggingEvent event) {
        if (text == null) {
            return JsonLine.of(event, format.equals("ecs") ? "service.name" : "service");
        }
        List<KeyValuePair> pairs = Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
        return Masked.of(pairs.isEmpty() ? text.doLayout(event) : withFields(text.doLayout(event), pairs));
    }

    private static String withFields(String line, List<KeyValuePair> pairs) {
        StringBuilder all = new StringBuilder(line.stripTrailing());
        for (KeyValuePair pair : pairs) {
            if (pair.value != null) {
                all.append(' ').append(pair.key).append('=').append(LogText.value(pair.value.toString()));
            }
        }
        return all.append('\n').toString();
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
