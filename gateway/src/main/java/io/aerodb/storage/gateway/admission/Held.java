package io.aerodb.storage.gateway.admission;

import io.aerodb.storage.gateway.http.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** What one request holds. For several threads: its client may leave while it is let in. */
final class Held implements AutoCloseable {

    private static final String ATTRIBUTE = Held.class.getName();

    private Caller caller;
    private @Nullable Slots from;
    private boolean closed;

    private Held(Caller caller) {
        this.caller = caller;
    }

    static Held by(Caller caller, ServerWebExchange exchange) {
        Held nothing = new Held(caller);
        exchange.getAttributes().put(ATTRIBUTE, nothing);
        return nothing;
    }

    static Held of(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ATTRIBUTE);
    }

    /** Takes one, once; none when the request is over already. */
    synchronized void take(Slots slots) {
        if (!closed && from == null) {
            slots.take(caller);
            from = slots;
        }
    }

    /** Holds the same for another caller from now on; fails, and nothing changes, when he has enough. */
    synchronized void pass(Caller next) {
        if (!closed && from != null && !next.equals(caller)) {
            from.take(next);
            from.giveBack(caller);
        }
        caller = next;
    }

    @Override
    public synchronized void close() {
        if (!closed && from != null) {
            from.giveBack(caller);
        }
        closed = true;
    }
}
