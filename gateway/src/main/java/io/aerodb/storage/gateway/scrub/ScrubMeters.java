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

    ScrubMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void read(String backend, Outcome outcome) {
        Counter.builder("storage.scrub.files")
                .description("Files that were read again")
                .tag("backend", backend)
                .tag("outcome", outcome.word())
                .register(registry)
                .increment();
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
