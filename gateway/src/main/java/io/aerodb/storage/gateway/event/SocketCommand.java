package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.gateway.http.JsonObjects;
import io.aerodb.storage.gateway.http.JsonObjects.NotAnObject;
import io.aerodb.storage.gateway.http.StorageError;
import java.util.List;
import java.util.OptionalLong;

/** What a client says (docs/api.md, "Events"). */
sealed interface SocketCommand {

    int MOST_TYPES = 100;
    int LONGEST_ID = 64;

    /** @param after as the last event's id of a stream */
    record Subscribe(String id, EventFilter filter, OptionalLong after) implements SocketCommand {}

    record Unsubscribe(String id) implements SocketCommand {}

    /** @param sequence everything up to it is dealt with */
    record Acknowledge(String subscription, long sequence) implements SocketCommand {}

    record Token(String token) implements SocketCommand {}

    /** @throws StorageError InvalidRequest with the member that is wrong, and the id of the subscription that it would be about */
    static SocketCommand of(String text) {
        JsonFields fields = fields(text);
        return switch (fields.requiredText("type")) {
            case "subscribe" -> subscribe(id(fields, "id"), fields);
            case "unsubscribe" -> new Unsubscribe(id(fields, "id"));
            case "ack" -> acknowledge(id(fields, "subscription"), fields);
            case "token" -> new Token(fields.requiredText("token"));
            default -> throw ErrorCode.INVALID_REQUEST.because("type", "must be subscribe, unsubscribe, ack or token");
        };
    }

    private static Subscribe subscribe(String id, JsonFields fields) {
        try {
            EventFilter filter = EventFilter.of(
                    fields.text("bucket").orElse(null),
                    fields.text("prefix").orElse(null),
                    fields.texts("types", MOST_TYPES).orElse(List.of()));
            return new Subscribe(id, filter, fields.wholeNumber("after", 0, Long.MAX_VALUE));
        } catch (StorageError error) {
            throw error.with("id", id);
        }
    }

    private static Acknowledge acknowledge(String subscription, JsonFields fields) {
        long sequence = fields.wholeNumber("sequence", 0, Long.MAX_VALUE)
                .orElseThrow(() -> ErrorCode.INVALID_REQUEST.because("sequence", "is required"));
        return new Acknowledge(subscription, sequence);
    }

    private static JsonFields fields(String text) {
        try {
            return new JsonFields(JsonObjects.parse(text));
        } catch (NotAnObject wrong) {
            throw ErrorCode.INVALID_REQUEST.because("The message " + wrong.reason());
        }
    }

    private static String id(JsonFields fields, String name) {
        String id = fields.requiredText(name);
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            throw ErrorCode.INVALID_REQUEST.because(name, "must be 1 to %d characters".formatted(LONGEST_ID));
        }
        return id;
    }
}
