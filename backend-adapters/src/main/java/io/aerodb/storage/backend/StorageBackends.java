package io.aerodb.storage.backend;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The backends of one gateway, by the names under which the database remembers where a blob lies.
 *
 * @param defaultName the backend of buckets that name none
 */
public record StorageBackends(Map<String, StorageBackend> byName, String defaultName) {

    public StorageBackends {
        byName = Collections.unmodifiableMap(new TreeMap<>(byName));
        if (!byName.containsKey(defaultName)) {
            throw new IllegalArgumentException("no backend '%s'".formatted(defaultName));
        }
    }

    /** In the order of the alphabet. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** @throws BackendException.Failed when there is no backend of this name: a setting was taken away */
    public StorageBackend get(String name) {
        StorageBackend backend = byName.get(name);
        if (backend == null) {
            throw new BackendException.Failed("no backend '%s' is configured".formatted(name), null);
        }
        return backend;
    }
}
