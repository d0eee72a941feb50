package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.backend.FileSystemSpace;
import io.aerodb.storage.backend.FileSystemSpace.Space;
import io.aerodb.storage.backend.StorageBackends;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The room on each backend's file system: looked at from time to time and not when somebody wants to know, who would hang with a
 * file system that does. Not a number while it is not known.
 */
final class DiskMeters {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Map<String, FileSystemSpace> disks = new TreeMap<>();
    private final Map<String, Space> seen = new ConcurrentHashMap<>();

    DiskMeters(StorageBackends backends, MeterRegistry registry) {
        backends.byName().forEach((name, backend) -> backend.ability(FileSystemSpace.class)
                .ifPresent(disk -> disks.put(name, disk)));
        disks.keySet().forEach(name -> register(name, registry));
    }

    /** Looks once. Never fails. */
    Mono<Void> look() {
        return Flux.fromIterable(disks.entrySet())
                .flatMap(disk -> look(disk.getKey(), disk.getValue()))
                .then();
    }

    private Mono<Space> look(String name, FileSystemSpace disk) {
        return disk.space()
                .timeout(LIMIT)
                .doOnNext(space -> seen.put(name, space))
                .doOnError(unknown -> seen.remove(name))
                .onErrorComplete();
    }

    private void register(String name, MeterRegistry registry) {
        gauge("storage.backend.disk.free", "Bytes that could still be written", name, Space::usable, registry);
        gauge("storage.backend.disk.total", "Bytes of the backend's file system", name, Space::total, registry);
    }

    private void gauge(
            String meter, String description, String name, ToLongFunction<Space> part, MeterRegistry registry) {
        Gauge.builder(meter, () -> value(name, part))
                .description(description)
                .baseUnit("bytes")
                .tag("backend", name)
                .register(registry);
    }

    private double value(String name, ToLongFunction<Space> part) {
        return Optional.ofNullable(seen.get(name))
                .map(space -> (double) part.applyAsLong(space))
                .orElse(Double.NaN);
    }
}
