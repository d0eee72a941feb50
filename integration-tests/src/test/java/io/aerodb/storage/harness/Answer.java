package io.aerodb.storage.harness;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One answer of the server, read to its end. Header names are found in any case. */
public record Answer(int status, HttpHeaders headers, byte[] body) {

    private static final JsonMapper JSON = new JsonMapper();

    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        return JSON.readTree(body);
    }

    /** The text of one member of the JSON body; empty text when it is absent or null. */
    public String field(String name) {
        return json().path(name).asString("");
    }

    /** The texts of this member in each element of the JSON array. */
    public List<String> each(String member) {
        return texts(json(), member);
    }

    /** The same in each element of an array that is a member. */
    public List<String> each(String array, String member) {
        return texts(json().path(array), member);
    }

    private static List<String> texts(JsonNode array, String member) {
        return array.valueStream()
                .map(element -> element.path(member).asString(""))
                .toList();
    }

    /** The answer itself, once its status is the expected one. */
    public Answer expect(int expected) {
        if (status != expected) {
            throw new AssertionError("expected %d but was %s".formatted(expected, this));
        }
        return this;
    }

    @Override
    public String toString() {
        return "%d %s %s".formatted(status, headers.map(), text().substring(0, Math.min(500, text().length())));
    }
}
