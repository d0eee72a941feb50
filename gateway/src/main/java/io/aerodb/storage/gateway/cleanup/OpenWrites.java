package io.aerodb.storage.gateway.cleanup;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** The blobs that this gateway is writing. What the ledger knows as unfinished and this does not know is nobody's any more. */
public final class OpenWrites {

    private final Set<String> keys = ConcurrentHashMap.newKeySet();

    /** The same work, during which the blob counts as being written. */
    public <T> Mono<T> during(String key, Mono<T> work) {
        return work.doFirst(() -> keys.add(key)).doFinally(end -> keys.remove(key));
    }

    boolean contains(String key) {
        return keys.contains(key);
    }
}
