package io.aerodb.storage.openapi;

import io.aerodb.storage.harness.Answer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** One kind of answer: its header fields, its media types and their schemas. */
final class Response {

    private static final String FILE = "*/*";

    private final List<Integer> statuses;
    private final Map<String, JsonNode> headers = new TreeMap<>();
    private final Map<String, Schema> headerSchemas = new HashMap<>();
    private final Map<String, Schema> content = new HashMap<>();
    private final boolean isFile;

    Response(JsonNode response, References references) {
        this.statuses = response.path("x-statuses")
                .valueStream()
                .map(JsonNode::intValue)
                .toList();
        this.isFile = response.path("content").has(FILE);
        response.path("headers").forEachEntry((name, header) -> headers.put(name, references.resolved(header)));
        headers.forEach((name, header) -> headerSchemas.put(name, references.schema(header.path("schema"))));
        response.path("content")
                .propertyStream()
                .filter(type -> !type.getKey().equals(FILE))
                .forEach(type -> content.put(
                        type.getKey(), references.schema(type.getValue().path("schema"))));
    }

    /** What is wrong with an answer of this kind. */
    List<String> complaints(Answer answer, boolean head) {
        if (!statuses.isEmpty() && !statuses.contains(answer.status())) {
            return List.of("the status is not documented");
        }
        return Stream.concat(ofHeaders(answer), head ? Stream.empty() : ofBody(answer))
                .toList();
    }

    private Stream<String> ofHeaders(Answer answer) {
        return headers.entrySet().stream().flatMap(header -> answer.header(header.getKey())
                .map(value -> ofHeader(header.getKey(), value))
                .orElseGet(() -> missing(header.getKey(), header.getValue())));
    }

    private Stream<String> ofHeader(String name, String value) {
        return headerSchemas.get(name).complaints(JsonNodeFactory.instance.stringNode(value)).stream()
                .map(complaint -> "header " + name + complaint);
    }

    private static Stream<String> missing(String name, JsonNode header) {
        return header.path("required").asBoolean(false) ? Stream.of("no header " + name) : Stream.empty();
    }

    private Stream<String> ofBody(Answer answer) {
        if (isFile) {
            return Stream.empty();
        }
        if (content.isEmpty()) {
            return answer.body().length == 0 ? Stream.empty() : Stream.of("a body that is not documented");
        }
        String type = answer.header("Content-Type").orElse("no type").split(";", 2)[0];
        return content.containsKey(type)
                ? content.get(type).complaints(value(type, answer)).stream()
                : Stream.of("the media type " + type + " is not documented");
    }

    private static JsonNode value(String type, Answer answer) {
        return type.endsWith("/json") || type.endsWith("+json")
                ? answer.json()
                : JsonNodeFactory.instance.stringNode(answer.text());
    }
}
