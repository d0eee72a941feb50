package io.aerodb.storage.gateway.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.aerodb.storage.gateway.log.LogField;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLineTest {

    private static LoggingEvent event(String message, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent(
                "fqcn", new LoggerContext().getLogger("test"), Level.WARN, message, null, new Object[0]);
        Stream.of(pairs).forEach(event::addKeyValuePair);
        return event;
    }

    private static JsonNode parsed(LoggingEvent event) {
        byte[] line = JsonLine.of(event, "service").getBytes(StandardCharsets.UTF_8);
        return JsonMapper.shared().readTree(line);
    }

    @Test
    void aLineOfTheGatewayItselfHasItsOperation() {
        JsonNode line = parsed(event("event=garbage_collected backend=local files=3"));

        assertThat(line.get("operation").asString()).isEqualTo("garbage_collected");
        assertThat(line.get("event.action").asString()).isEqualTo("garbage_collected");
        assertThat(line.get("service").asString()).isEqualTo("file_storage");
        assertThat(line.get("level").asString()).isEqualTo("WARN");
        assertThat(line.get("log.level").asString()).isEqualTo("WARN");
    }

    @Test
    void otherLinesHaveNone() {
        assertThat(parsed(event("Started")).has("operation")).isFalse();
    }

    @Test
    void whereEcsIsStrictTheServiceIsItsName() {
        JsonNode line = JsonMapper.shared().readTree(JsonLine.of(event("Started"), "service.name"));

        assertThat(line.get("service.name").asString()).isEqualTo("file_storage");
        assertThat(line.has("service")).isFalse();
    }

    @Test
    void anyTextIsOneValueOfOneLine() {
        Random random = new Random(42);
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            random.ints(random.nextInt(20), 0, 0x10000).forEach(character -> text.append((char) character));
            String line = JsonLine.of(event("m", new KeyValuePair("path", text.toString())), "service");
            assertThat(line.strip().chars()).noneMatch(Character::isISOControl);
            assertThat(JsonMapper.shared().readTree(line).get("path").asString())
                    .isEqualTo(text.toString());
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(line)).isTrue();
        }
    }

    @Test
    void aLongTextIsCut() {
        JsonNode line = parsed(event("m", new KeyValuePair("path", "a".repeat(10_000))));

        assertThat(line.get("path").asString()).hasSize(4097).endsWith("…");
    }

    @Test
    void anExceptionHasItsTrace() {
        LoggingEvent event = new LoggingEvent(
                "fqcn",
                new LoggerContext().getLogger("test"),
                Level.ERROR,
                "event=job_failed",
                new IllegalStateException("why\nnot"),
                new Object[0]);

        assertThat(parsed(event).get("error.type").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(parsed(event).get("error.message").asString()).isEqualTo("why\nnot");
        assertThat(parsed(event).get("error.stack_trace").asString()).contains("JsonLineTest");
    }

    /** Elasticsearch makes objects of dots, and takes no document in which a field is an object and a value. */
    @Test
    void noFieldIsBothObjectAndValue() {
        LoggingEvent event = event(
                "m",
                Stream.of(LogField.values())
                        .map(field -> new KeyValuePair(field.key(), "x"))
                        .toArray(KeyValuePair[]::new));
        event.setThrowableProxy(new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("x")));
        for (String service : Set.of("service", "service.name")) {
            Collection<String> names =
                    JsonMapper.shared().readTree(JsonLine.of(event, service)).propertyNames();
            assertThat(new TreeSet<>(names)).hasSameSizeAs(names);
            assertThat(names).allSatisfy(name -> assertThat(names).noneMatch(other -> other.startsWith(name + ".")));
        }
    }
}
