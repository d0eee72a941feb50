package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.metadata.OrphanRepository.SizedKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How files were found that were looked for one by one. */
final class Looks {

    enum State {
        THERE,
        GONE,
        /** It can't be told, or what is there is no file. */
        UNREADABLE
    }

    record Look(SizedKey file, State state) {}

    private final Map<State, List<SizedKey>> files = new EnumMap<>(State.class);

    void add(Look look) {
        files.computeIfAbsent(look.state(), state -> new ArrayList<>()).add(look.file());
    }

    List<SizedKey> there() {
        return files.getOrDefault(State.THERE, List.of());
    }

    List<SizedKey> gone() {
        return files.getOrDefault(State.GONE, List.of());
    }

    List<SizedKey> unreadable() {
        return files.getOrDefault(State.UNREADABLE, List.of());
    }
}
