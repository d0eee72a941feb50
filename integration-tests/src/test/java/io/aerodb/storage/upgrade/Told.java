package io.aerodb.storage.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import tools.jackson.databind.JsonNode;

/** What a subscriber has been told of, over all its connections. */
final class Told {

    private final NavigableMap<Long, String> events = new ConcurrentSkipListMap<>();
    private final List<String> faults = new ArrayList<>();
    private long dealtWith;
    private int connections;

    /** Another connection begins; what it is told has to be behind what was dealt with. */
    synchronized long connected() {
        connections++;
        return dealtWith;
    }

    synchronized void event(JsonNode event) {
        long sequence = event.path("sequence").asLong();
        if (sequence <= dealtWith) {
            faults.add("%d was told again behind %d".formatted(sequence, dealtWith));
        }
        if (!event.path("object_id").isNull()) {
            events.put(
                    sequence,
                    text(
                            sequence,
                            event.path("type").asString(),
                            event.path("path").asString()));
        }
    }

    synchronized void dealtWith(long sequence) {
        dealtWith = Math.max(dealtWith, sequence);
    }

    /** Anything but an event: only the word to come again because of a stop is expected. */
    synchronized void other(String type, JsonNode message) {
        if (!type.equals("resume") || !message.path("reason").asString("").equals("shutdown")) {
            faults.add(type + " " + message);
        }
    }

    synchronized void fault(String fault) {
        faults.add(fault);
    }

    synchronized int connections() {
        return connections;
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    List<String> events() {
        return List.copyOf(new TreeMap<>(events).values());
    }

    static String text(Object sequence, Object type, Object path) {
        return sequence + " " + type + " " + path;
    }
}
