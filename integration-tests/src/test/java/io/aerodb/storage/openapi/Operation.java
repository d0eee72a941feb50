package io.aerodb.storage.openapi;

import io.aerodb.storage.harness.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** One method at one address, and what it can answer. */
final class Operation {

    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "patch", "delete");

    private final String method;
    private final String path;
    private final Pattern pattern;
    private final Map<String, Response> responses = new TreeMap<>();

    private Operation(String method, String path, JsonNode operation, References references) {
        this.method = method.toUpperCase(Locale.ROOT);
        this.path = path;
        this.pattern = Templates.pattern(path);
        operation
                .path("responses")
                .forEachEntry((status, response) ->
                        responses.put(status, new Response(references.resolved(response), references)));
    }

    static List<Operation> all(References references) {
        return references
                .root()
                .path("paths")
                .propertyStream()
                .flatMap(path -> references
                        .resolved(path.getValue())
                        .propertyStream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .map(member -> new Operation(member.getKey(), path.getKey(), member.getValue(), references)))
                .toList();
    }

    String path() {
        return path;
    }

    boolean matches(String otherMethod, String address) {
        return method.equals(otherMethod) && pattern.matcher(address).matches();
    }

    /** What is wrong with an answer; empty when it is as documented. */
    List<String> complaints(Answer answer) {
        String status = Integer.toString(answer.status());
        Response response = responses.getOrDefault(status, responses.get("default"));
        List<String> wrong = response.complaints(answer, method.equals("HEAD"));
        return wrong.isEmpty() || !responses.containsKey(status) ? wrong : orCommon(answer, wrong);
    }

    /** A status that is documented for reasons of its own can also be for one that any request has. */
    private List<String> orCommon(Answer answer, List<String> wrong) {
        return responses
                        .get("default")
                        .complaints(answer, method.equals("HEAD"))
                        .isEmpty()
                ? List.of()
                : wrong;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
