package io.aerodb.storage.gateway.cleanup;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * The blobs that this gateway is writing. What the ledger knows as unfinished and this does not know is nobody's any more, unless
 * the ledger's answer to its beginning is still on its way.
 */
public final class OpenWrites {

    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Set<Beginning> beginnings = ConcurrentHashMap.newKeySet();

    /** The same question to the ledger, whose answer is the key of a blob; {@link #during} must be subscribed when it comes. */
    public <T> Mono<T> beginning(Mono<T> question) {
        return Mono.defer(() -> {
            Beginning asked = new Beginning();
            beginnings.add(asked);
            return question.doFinally(end -> beginnings.remove(asked));
        });
    }

    /** The same work, during which the blob counts as being written. */
    public <T> Mono<T> during(String key, Mono<T> work) {
        return work.doFirst(() -> keys.add(key)).doFinally(end -> keys.remove(key));
    }

    /** Whether a blob may have been begun so long ago or longer of which this does not know yet. */
    boolean mayBegin(Duration age) {
        long now = System.nanoTime();
        return beginnings.stream().anyMatch(asked -> now - asked.since >= age.toNanos());
    }

    boolean contains(String key) {
        return keys.contains(key);
    }

    private static final class Beginning {
        private final long since = System.nanoTime();
    }
}
