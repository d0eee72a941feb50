package io.aerodb.storage.gateway.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer as it came over the wire. */
public record RawResponse(int status, List<String> headers, String body) {

    public Optional<String> header(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return headers.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).trim())
                .findFirst();
    }

    public JsonNode json() {
        return new JsonMapper().readTree(body);
    }

    /** The error body's code. */
    public String code() {
        return json().path("code").asString("none");
    }
}
