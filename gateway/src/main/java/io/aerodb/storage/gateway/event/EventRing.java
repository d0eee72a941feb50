package io.aerodb.storage.gateway.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last events, up to a bound, for all who keep up. For several threads. */
final class EventRing {

    /** Before anything is known. */
    static final long NOTHING = -1;

    private final RelayedEvent[] slots;
    private long first;
    private volatile long last = NOTHING;

    EventRing(int size) {
        this.slots = new RelayedEvent[size];
    }

    /** Begins anew, empty, behind this number. */
    synchronized void begin(long behind) {
        first = behind + 1;
        last = behind;
    }

    /** Forgets what is not kept in the log either. */
    synchronized void forget(long before) {
        first = Math.max(first, Math.min(before, last + 1));
    }

    /** Adds what follows in the log. */
    synchronized void add(List<RelayedEvent> next) {
        for (RelayedEvent event : next) {
            long sequence = event.sequence();
            first = sequence == last + 1 ? Math.max(first, sequence - slots.length + 1) : sequence;
            slots[slot(sequence)] = event;
            last = sequence;
        }
    }

    /** The number of the last one. */
    long last() {
        return last;
    }

    /** So many that follow a number; empty when the first of them is not here any more. */
    synchronized Optional<List<RelayedEvent>> after(long cursor, int most) {
        if (cursor + 1 < first) {
            return Optional.empty();
        }
        List<RelayedEvent> page = new ArrayList<>();
        for (long sequence = cursor + 1; sequence <= last && page.size() < most; sequence++) {
            page.add(slots[slot(sequence)]);
        }
        return Optional.of(page);
    }

    private int slot(long sequence) {
        return (int) (sequence % slots.length);
    }
}
