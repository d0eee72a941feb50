package io.aerodb.storage.gateway.openapi;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One operation of the page.
 *
 * @param methods more than one where the document has the same operation under each
 * @param parameters those of the path
 */
record OperationText(List<String> methods, String path, Node parameters, Node operation) {

    String id() {
        String id = operation.at("operationId").text();
        return id.isEmpty() ? "any" + path.replaceAll("[^a-z]+", "-") : id;
    }

    String title() {
        return String.join(", ", methods).toUpperCase(Locale.ROOT) + " " + path;
    }

    boolean isTagged(String tag) {
        return operation.at("tags").elements().stream()
                .anyMatch(each -> each.text().equals(tag));
    }

    String html() {
        return new Html()
                .target("h3", id(), Html.code(title()))
                .element("p", Html.of(operation.at("summary").text()))
                .table("Parameters", parameterRows())
                .table("Body", bodyRows(operation.at("requestBody")))
                .table("Answers", answerRows())
                .toString();
    }

    private List<List<String>> parameterRows() {
        return Stream.of(parameters, operation.at("parameters"))
                .flatMap(some -> some.elements().stream())
                .map(parameter -> List.of(
                        Html.code(parameter.at("name").text()),
                        Html.of(parameter.at("in").text()),
                        SchemaText.of(parameter.at("schema")),
                        Html.of(parameter.at("description").text())))
                .toList();
    }

    private static List<List<String>> bodyRows(Node body) {
        return body.at("content").members().entrySet().stream()
                .map(content -> List.of(
                        Html.code(content.getKey()),
                        SchemaText.of(content.getValue().at("schema")),
                        Html.of(body.at("description").text())))
                .toList();
    }

    private List<List<String>> answerRows() {
        return operation.at("responses").members().entrySet().stream()
                .map(answer -> answerRow(answer.getKey(), answer.getValue()))
                .toList();
    }

    private static List<String> answerRow(String status, Node answer) {
        return List.of(
                Html.code(status),
                Html.of(answer.at("description").text()),
                answer.at("content").members().entrySet().stream()
                        .filter(content -> !content.getKey().equals("application/problem+json"))
                        .map(OperationText::content)
                        .collect(Collectors.joining(" or ")));
    }

    private static String content(Map.Entry<String, Node> content) {
        Node schema = content.getValue().at("schema");
        Node codes = schema.at("properties").at("code").at("enum");
        return codes.isAbsent() ? contentText(content.getKey(), schema) : SchemaText.inline(codeOf(schema));
    }

    private static Node codeOf(Node failure) {
        return failure.at("properties").at("code");
    }

    private static String contentText(String type, Node schema) {
        return type.equals("application/json") ? SchemaText.of(schema) : Html.code(type);
    }
}
