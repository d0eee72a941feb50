package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.event.FeedItem.Told;
import io.aerodb.storage.gateway.event.Outgoing.Text;
import io.aerodb.storage.gateway.http.StorageError;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** The messages of the server (docs/api.md, "Events"). */
final class SocketText {

    private SocketText() {}

    static Text of(String type) {
        return of(type, Map.of());
    }

    static Text of(String type, Map<String, Object> members) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("type", type);
        all.putAll(members);
        return new Text(EventJson.of(all));
    }

    /** The text of the event is there already. */
    static Text event(String subscription, Told told) {
        byte[] head = of("event", Map.of("subscription", subscription)).json();
        ByteArrayOutputStream text = new ByteArrayOutputStream(head.length + told.json().length + 16);
        text.write(head, 0, head.length - 1);
        text.writeBytes(new byte[] {',', '"', 'e', 'v', 'e', 'n', 't', '"', ':'});
        text.writeBytes(told.json());
        text.write('}');
        return new Text(text.toByteArray());
    }

    static Text resume(String subscription, long sequence, String reason) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("subscription", subscription);
        members.put("sequence", sequence);
        members.put("reason", reason);
        return of("resume", members);
    }

    static Text error(StorageError error) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("code", error.code().code());
        members.put("message", error.message());
        error.details().forEach(members::putIfAbsent);
        return of("error", members);
    }
}
