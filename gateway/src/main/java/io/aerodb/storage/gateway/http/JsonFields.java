package io.aerodb.storage.gateway.http;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of a request's JSON object, by name and type. A member that is absent or null is empty; one of another type
 * is refused with 400 InvalidRequest, its name and what it must be. Members nobody asks for are ignored.
 */
public final class JsonFields {

    private final ObjectNode object;
    private final String path;

    /** Of an object that was read strictly. */
    public JsonFields(ObjectNode object) {
        this(object, "");
    }

    /** @param path what errors put before a member's name: {@code sortBy.} */
    private JsonFields(ObjectNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /** Whether the member was sent, even as null: what a partial update changes. */
    public boolean has(String name) {
        return object.has(name);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(value(name)).map(node -> text(path + name, node));
    }

    public String requiredText(String name) {
        return text(name).orElseThrow(() -> refused(path + name, "is required"));
    }

    public Optional<Boolean> flag(String name) {
        return Optional.ofNullable(value(name)).map(node -> flag(path + name, node));
    }

    /** A whole number within these bounds, both included. */
    public OptionalLong wholeNumber(String name, long least, long most) {
        JsonNode node = value(name);
        return node == null
                ? OptionalLong.empty()
                : OptionalLong.of(WholeNumbers.within(path + name, wholeNumber(node), least, most));
    }

    /** The same, also as a string of digits: Supabase's client for Python sends {@code "3600"}. */
    public OptionalLong wholeNumberOrDigits(String name, long least, long most) {
        JsonNode node = value(name);
        if (node == null) {
            return OptionalLong.empty();
        }
        OptionalLong number = node.isString() ? WholeNumbers.parse(node.stringValue()) : wholeNumber(node);
        return OptionalLong.of(WholeNumbers.within(path + name, number, least, most));
    }

    /** A number of bytes, as a number or like {@code "20MB"}. */
    public OptionalLong size(String name) {
        JsonNode node = value(name);
        return node == null ? OptionalLong.empty() : OptionalLong.of(size(path + name, node));
    }

    /** An array of strings, of at most so many. */
    public Optional<List<String>> texts(String name, int most) {
        return Optional.ofNullable(value(name)).map(node -> texts(path + name, node, most));
    }

    /** A nested object, whose members errors call {@code name.member}. */
    public Optional<JsonFields> fields(String name) {
        return Optional.ofNullable(value(name)).map(node -> fields(path + name, node));
    }

    /** A nested object as it is. */
    public Optional<ObjectNode> object(String name) {
        return fields(name).map(fields -> fields.object);
    }

    private @Nullable JsonNode value(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    private static String text(String name, JsonNode node) {
        if (!node.isString()) {
            throw refused(name, "must be a string");
        }
        return node.stringValue();
    }

    private static boolean flag(String name, JsonNode node) {
        if (!node.isBoolean()) {
            throw refused(name, "must be true or false");
        }
        return node.booleanValue();
    }

    private static long size(String name, JsonNode node) {
        OptionalLong bytes = node.isString() ? ByteSizes.parse(node.stringValue()) : wholeNumber(node);
        if (bytes.isEmpty() || bytes.getAsLong() < 0) {
            throw refused(name, "must be a whole number of bytes or a size like 20MB");
        }
        return bytes.getAsLong();
    }

    /** 20 and 20.0 are whole, 20.5, 1e30 and "20" are not. */
    private static OptionalLong wholeNumber(JsonNode node) {
        if (!node.isNumber() || JsonObjects.notStorable(node).isPresent()) {
            return OptionalLong.empty();
        }
        BigDecimal number = node.decimalValue();
        try {
            return OptionalLong.of(number.longValueExact());
        } catch (ArithmeticException notWhole) {
            return OptionalLong.empty();
        }
    }

    private static List<String> texts(String name, JsonNode node, int most) {
        if (!node.isArray() || node.size() > most) {
            throw refused(name, "must be an array of at most %d strings".formatted(most));
        }
        return StreamSupport.stream(node.spliterator(), false)
                .map(element -> text(name, element))
                .toList();
    }

    private static JsonFields fields(String name, JsonNode node) {
        if (node instanceof ObjectNode nested) {
            return new JsonFields(nested, name + ".");
        }
        throw refused(name, "must be an object");
    }

    private static StorageError refused(String name, String reason) {
        return ErrorCode.INVALID_REQUEST.because(name, reason);
    }
}
