package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.backend.StorageBackends;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Down when the default backend is. Another that fails is named and no more: what lies elsewhere can be served, and taking
 * every gateway out of service would not help.
 */
final class BackendHealth implements ReactiveHealthIndicator {

    private static final String UP = "up";

    private final StorageBackends backends;
    private final Duration limit;

    /** @param limit within which a backend must answer; they are asked at once */
    BackendHealth(StorageBackends backends, Duration limit) {
        this.backends = backends;
        this.limit = limit;
    }

    @Override
    public Mono<Health> health() {
        return Flux.fromIterable(backends.names())
                .flatMap(this::state)
                .collectMap(Map.Entry::getKey, Map.Entry::getValue)
                .map(states -> health(new TreeMap<>(states)));
    }

    /** Name and {@code up}, or name and what is wrong. */
    private Mono<Map.Entry<String, String>> state(String name) {
        return Mono.defer(() -> backends.get(name).check())
                .thenReturn(UP)
                .timeout(limit, Mono.error(() -> silent(limit)))
                .onErrorResume(failure -> Mono.just("down: " + failure.getMessage()))
                .map(state -> Map.entry(name, state));
    }

    private static TimeoutException silent(Duration limit) {
        return new TimeoutException("no answer in %d ms".formatted(limit.toMillis()));
    }

    private Health health(SortedMap<String, String> states) {
        boolean up = UP.equals(states.get(backends.defaultName()));
        return Health.status(up ? Status.UP : Status.DOWN)
                .withDetail("default", backends.defaultName())
                .withDetail("backends", states)
                .build();
    }
}
