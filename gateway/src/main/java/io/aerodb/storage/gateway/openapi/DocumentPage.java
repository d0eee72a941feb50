package io.aerodb.storage.gateway.openapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The OpenAPI document as one HTML page: no script, no image, no font, nothing from elsewhere. */
final class DocumentPage {

    private static final List<String> METHODS = List.of("get", "head", "post", "put", "patch", "delete");

    private static final String STYLE = """
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
            h2 { border-bottom: 1px solid #8888; margin-top: 3rem; } h3 { margin-top: 2.5rem; } h4 { margin: 1rem 0 .3rem; }
            table { border-collapse: collapse; width: 100%; font-size: 14px; }
            td { border-top: 1px solid #8884; padding: .3rem .6rem .3rem 0; vertical-align: top; }
            code { font: 14px/1.4 ui-monospace, monospace; } :root { color-scheme: light dark; }
            """;

    private final Node document;

    private DocumentPage(Node document) {
        this.document = document;
    }

    static String of(Node document) {
        return new DocumentPage(document).html();
    }

    private String html() {
        String title = Html.of(document.at("info").at("title").text() + " API");
        return new Html()
                .append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .element("title", title)
                .element("style", STYLE)
                .append("</head><body>\n")
                .element("h1", title)
                .append(introduction())
                .append(operations())
                .append(schemas())
                .append("</body></html>\n")
                .toString();
    }

    private String introduction() {
        Html introduction = new Html()
                .element("p", Html.of(document.at("info").at("summary").text()))
                .element("p", Html.of(document.at("info").at("description").text()))
                .element("p", "The same for programs: <a href=\"openapi.yaml\">openapi.yaml</a>");
        introduction.table("Bases", rows(document.at("servers").elements(), "url", "description"));
        return introduction
                .table("Credentials", credentials())
                .element("h2", "Operations")
                .toString();
    }

    private List<List<String>> credentials() {
        return document.at("components").at("securitySchemes").members().entrySet().stream()
                .map(scheme -> List.of(
                        Html.code(scheme.getKey()),
                        Html.of(scheme.getValue().at("description").text())))
                .toList();
    }

    private String operations() {
        List<OperationText> all = document.at("paths").members().entrySet().stream()
                .flatMap(path -> operations(path.getKey(), path.getValue()).stream())
                .toList();
        return document.at("tags").elements().stream()
                .map(tag -> section(tag, all))
                .collect(Collectors.joining());
    }

    private static String section(Node tag, List<OperationText> all) {
        List<OperationText> tagged = all.stream()
                .filter(operation -> operation.isTagged(tag.at("name").text()))
                .toList();
        Html section = new Html()
                .target(
                        "h2",
                        "tag-" + tag.at("name").text(),
                        Html.of(tag.at("name").text()))
                .element("p", Html.of(tag.at("description").text()))
                .element(
                        "p",
                        tagged.stream()
                                .map(operation -> Html.link(operation.id(), operation.title()))
                                .collect(Collectors.joining("<br>\n")));
        tagged.forEach(operation -> section.append(operation.html()));
        return section.toString();
    }

    /** Methods under which the document has the very same operation share one. */
    private static List<OperationText> operations(String path, Node item) {
        List<OperationText> operations = new ArrayList<>();
        METHODS.stream().filter(method -> !item.at(method).isAbsent()).forEach(method -> {
            OperationText last = operations.isEmpty() ? null : operations.get(operations.size() - 1);
            List<String> methods = new ArrayList<>(List.of(method));
            if (last != null && last.operation().isSame(item.at(method))) {
                methods.addAll(0, last.methods());
                operations.remove(last);
            }
            operations.add(new OperationText(methods, path, item.at("parameters"), item.at(method)));
        });
        return operations;
    }

    private String schemas() {
        Html html = new Html().element("h2", "Schemas");
        for (Map.Entry<String, Node> schema :
                document.at("components").at("schemas").members().entrySet()) {
            html.target("h3", "schema-" + schema.getKey(), Html.code(schema.getKey()))
                    .element("p", Html.of(schema.getValue().at("description").text()))
                    .append(body(schema.getValue()));
        }
        return html.toString();
    }

    private static String body(Node schema) {
        List<List<String>> members = SchemaText.members(schema);
        return members.isEmpty()
                ? new Html().element("p", SchemaText.inline(schema)).toString()
                : new Html().table("Members", members).toString();
    }

    private static List<List<String>> rows(List<Node> nodes, String name, String description) {
        return nodes.stream()
                .map(node -> List.of(
                        Html.code(node.at(name).text()),
                        Html.of(node.at(description).text())))
                .toList();
    }
}
