package io.aerodb.storage.gateway.http;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads JSON objects strictly (RFC 8259): valid UTF-8, no duplicate names, nothing behind the object, bounded nesting and
 * numbers.
 */
public final class JsonObjects {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_NUMBER_DIGITS = 400;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_DIGITS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonObjects() {}

    /** What is wrong with a text that should be one JSON object; the message says it without repeating the text. */
    public static final class NotAnObject extends Exception {
        private static final long serialVersionUID = 1L;

        NotAnObject(String reason) {
            super(reason, null, false, false);
        }

        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** The object these bytes are. */
    public static ObjectNode parse(byte[] bytes) throws NotAnObject {
        String text =
                PercentDecoding.utf8(ByteBuffer.wrap(bytes)).orElseThrow(() -> new NotAnObject("must be valid UTF-8"));
        return parse(text);
    }

    /** The object this text is. */
    public static ObjectNode parse(String text) throws NotAnObject {
        if (tree(text) instanceof ObjectNode object) {
            return object;
        }
        throw new NotAnObject("must be a JSON object");
    }

    /** Its text, compact. */
    public static String text(ObjectNode object) {
        return MAPPER.writeValueAsString(object);
    }

    /**
     * Why PostgreSQL's jsonb can't hold this value: NUL or a lone surrogate in a string, a number beyond reason. Empty when
     * it can.
     */
    public static Optional<String> notStorable(JsonNode node) {
        if (node.isString()) {
            return notStorable(node.stringValue());
        }
        if (node.isNumber()) {
            return notStorable(node.decimalValue());
        }
        Optional<String> name = node.propertyNames().stream()
                .flatMap(property -> notStorable(property).stream())
                .findFirst();
        return name.or(() -> StreamSupport.stream(node.spliterator(), false)
                .flatMap(child -> notStorable(child).stream())
                .findFirst());
    }

    private static Optional<String> notStorable(String text) {
        if (text.indexOf('\0') >= 0) {
            return Optional.of("must not contain the character U+0000");
        }
        boolean lone = text.codePoints().anyMatch(point -> point >= 0xD800 && point <= 0xDFFF);
        return lone ? Optional.of("must not contain half of a surrogate pair") : Optional.empty();
    }

    private static Optional<String> notStorable(BigDecimal number) {
        boolean vast = Math.abs((long) number.precision() - number.scale()) > MAX_NUMBER_DIGITS
                || Math.abs((long) number.scale()) > MAX_NUMBER_DIGITS;
        return vast ? Optional.of("must not contain numbers of more than 400 digits") : Optional.empty();
    }

    private static JsonNode tree(String text) throws NotAnObject {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException malformed) {
            throw new NotAnObject("is not valid JSON" + at(malformed.getLocation()));
        } catch (NumberFormatException vast) { // an exponent that no number of Java holds
            throw new NotAnObject("must not contain numbers of more than 400 digits");
        }
    }

    private static String at(TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : ", line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    }
}
