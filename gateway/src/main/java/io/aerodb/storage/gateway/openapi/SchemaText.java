package io.aerodb.storage.gateway.openapi;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A schema in a few words of HTML; schemas with a name are links. */
final class SchemaText {

    private static final Map<String, String> BOUNDS = Map.of(
            "minimum", "from %s", "maximum", "to %s", "maxLength", "up to %s characters", "maxItems", "up to %s");

    private SchemaText() {}

    static String of(Node schema) {
        return schema.referredName()
                .map(name -> Html.link("schema-" + name, name))
                .orElseGet(() -> inline(schema));
    }

    /** The members of an object: name, what it is, and what it means. */
    static List<List<String>> members(Node schema) {
        List<String> required =
                schema.at("required").elements().stream().map(Node::text).toList();
        return schema.at("properties").members().entrySet().stream()
                .map(member -> List.of(
                        Html.code(member.getKey()) + (required.contains(member.getKey()) ? "" : " ?"),
                        of(member.getValue()),
                        Html.of(member.getValue().at("description").text())))
                .toList();
    }

    /** A schema without a name, or what a name stands for. */
    static String inline(Node schema) {
        if (!schema.at("anyOf").isAbsent() && schema.at("properties").isAbsent()) {
            return joined(schema.at("anyOf").elements().stream().map(SchemaText::of), " or ");
        }
        if (!schema.at("items").isAbsent()) {
            return "array of " + of(schema.at("items"));
        }
        String value = value(schema);
        return value.isEmpty() ? object(schema) : value;
    }

    private static String value(Node schema) {
        if (!schema.at("enum").isAbsent()) {
            return joined(schema.at("enum").elements().stream().map(word -> Html.code(word.text())), ", ");
        }
        if (!schema.at("const").isAbsent()) {
            return Html.code(schema.at("const").text());
        }
        return schema.at("properties").isAbsent() ? type(schema) : "";
    }

    private static String type(Node schema) {
        Stream<String> types = Stream.concat(Stream.of(schema.at("type")), schema.at("type").elements().stream())
                .map(Node::text)
                .filter(type -> !type.isEmpty());
        Stream<String> bounds = BOUNDS.entrySet().stream()
                .filter(bound -> !schema.at(bound.getKey()).isAbsent())
                .map(bound ->
                        bound.getValue().formatted(schema.at(bound.getKey()).text()))
                .sorted();
        String format = schema.at("format").text();
        return Html.of(types.collect(Collectors.joining(" or "))
                + (format.isEmpty() ? "" : " (" + format + ")")
                + bounds.map(bound -> ", " + bound).collect(Collectors.joining()));
    }

    private static String object(Node schema) {
        return joined(
                schema.at("properties").members().entrySet().stream()
                        .map(member -> Html.code(member.getKey()) + ": " + of(member.getValue())),
                ", ");
    }

    private static String joined(Stream<String> parts, String between) {
        return parts.collect(Collectors.joining(between));
    }
}
