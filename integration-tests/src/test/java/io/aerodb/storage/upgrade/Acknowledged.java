package io.aerodb.storage.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Bytes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What was promised to clients, and what it cost them. */
final class Acknowledged {

    /** By path, the SHA-256 of what was acknowledged last. */
    private final Map<String, String> objects = new ConcurrentHashMap<>();

    private final Map<String, Integer> sizes = new ConcurrentHashMap<>();

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger brokenWhenKept = new AtomicInteger();
    private final AtomicInteger brokenWhenNew = new AtomicInteger();

    void stored(String path, byte[] content) {
        objects.put(path, Bytes.sha256(content));
        sizes.put(path, content.length);
    }

    int size(String path) {
        return sizes.get(path);
    }

    void isThere(String path, byte[] content) {
        assertThat(Bytes.sha256(content)).as(path).isEqualTo(objects.get(path));
    }

    Map<String, String> objects() {
        return objects;
    }

    void answered() {
        requests.incrementAndGet();
    }

    /** @param kept whether requests had been answered on it */
    void broken(boolean kept) {
        (kept ? brokenWhenKept : brokenWhenNew).incrementAndGet();
    }

    int requests() {
        return requests.get();
    }

    /** Connections that broke between two answers: the client sends the second request again, and has lost nothing. */
    int brokenWhenKept() {
        return brokenWhenKept.get();
    }

    /** Connections on which nothing was answered at all. */
    int brokenWhenNew() {
        return brokenWhenNew.get();
    }

    @Override
    public String toString() {
        return "%d objects, %d small requests, connections broken: %s kept, %s new"
                .formatted(objects.size(), requests(), brokenWhenKept, brokenWhenNew);
    }
}
