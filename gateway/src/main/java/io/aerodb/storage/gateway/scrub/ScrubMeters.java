package io.aerodb.storage.gateway.scrub;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What this gateway has read again, and what is known to be damaged, by backend. */
final class ScrubMeters {

    private final MeterRegistry registry;
    private final Map<String, AtomicLong> corrupt = new ConcurrentHashMap<>();

    /** @param backends whose series are there from the start, so that their rates miss nothing */
    ScrubMeters(MeterRegistry registry, Set<String> backends) {
        this.registry = registry;
        backends.forEach(this::begin);
    }

    private void begin(String backend) {
        verified(backend, 0);
        for (Outcome outcome : Outcome.values()) {
            read(backend, outcome, 0);
        }
    }

    void read(String backend, Outcome outcome) {
        read(backend, outcome, 1);
    }

    private void read(String backend, Outcome outcome, long files) {
        Counter.builder("storage.scrub.files")
                .description("Files that were read again")
                .tag("backend", backend)
                .tag("outcome", outcome.word())
                .register(registry)
                .increment(files);
    }

    void verified(String backend, long bytes) {
        Counter.builder("storage.scrub.bytes")
                .description("Bytes that were read again and are as stored")
                .tag("backend", backend)
                .register(registry)
                .increment(bytes);
    }

    /** @param objects with damaged bytes; none for backends of which nothing is said */
    void corrupt(Set<String> backends, Map<String, Long> objects) {
        backends.forEach(name -> corrupt.computeIfAbsent(name, this::registered).set(objects.getOrDefault(name, 0L)));
    }

    private AtomicLong registered(String backend) {
        AtomicLong value = new AtomicLong();
        Gauge.builder("storage.corrupt.objects", value, AtomicLong::doubleValue)
                .description("Objects whose bytes are known to be missing or other than stored")
                .tag("backend", backend)
                .register(registry);
        return value;
    }
}
