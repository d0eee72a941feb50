package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.event.FeedItem.Beat;
import io.aerodb.storage.gateway.event.FeedItem.End;
import io.aerodb.storage.gateway.event.FeedItem.Gap;
import io.aerodb.storage.gateway.event.FeedItem.Page;
import io.aerodb.storage.gateway.event.FeedItem.Reason;
import io.aerodb.storage.gateway.event.FeedItem.Told;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Items as text/event-stream (HTML, "Server-sent events"). A sign of life has an id and no data: a client remembers it and tells
 * nobody, so that it resumes behind what it was not told of.
 */
final class SseText {

    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);

    private SseText() {}

    /**
     * What a stream begins with.
     *
     * @param retryMillis that a client waits before it comes again
     */
    static byte[] begin(long retryMillis) {
        return utf8("retry: %d\n\n".formatted(retryMillis));
    }

    static byte[] of(FeedItem item) {
        if (item instanceof Page page) {
            return page(page);
        } else if (item instanceof Gap gap) {
            return message(gap.cursor(), "gap", Map.of("oldest", gap.cursor() + 1));
        } else if (item instanceof End end) {
            return end(end);
        }
        return beat((Beat) item);
    }

    private static byte[] page(Page page) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        page.events().forEach(told -> add(text, told));
        return text.toByteArray();
    }

    private static void add(ByteArrayOutputStream text, Told told) {
        text.writeBytes(head(told.event().sequence(), told.event().event().type()));
        text.writeBytes(told.json());
        text.writeBytes(END);
    }

    private static byte[] beat(Beat beat) {
        return utf8(": heartbeat\nid: %d\n\n".formatted(beat.cursor()));
    }

    private static byte[] end(End end) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("last_event_id", Long.toString(end.cursor()));
        if (end.reason() != Reason.TOKEN_EXPIRED) {
            members.put("reason", end.reason().word());
        }
        return message(end.cursor(), end.reason() == Reason.TOKEN_EXPIRED ? "token_expired" : "resume", members);
    }

    private static byte[] message(long id, String name, Map<String, Object> members) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(head(id, name));
        text.writeBytes(EventJson.of(members));
        text.writeBytes(END);
        return text.toByteArray();
    }

    private static byte[] head(long id, String name) {
        return utf8("id: " + id + "\nevent: " + name + "\ndata: ");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
