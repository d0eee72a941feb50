package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.StorageBackends;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Down when the default backend is. Another that fails is named and no more: what lies elsewhere can be served, and taking
 * every gateway out of service would not help. One that is full is named, too, and not down: reads go on, and so do deletions,
 * by which room is made.
 */
final class BackendHealth implements ReactiveHealthIndicator {

    private static final String UP = "up";
    private static final String DOWN = "down: ";

    private final StorageBackends backends;
    private final Duration limit;
    private final Function<String, Optional<String>> objection;

    /**
     * @param limit within which a backend must answer; they are asked at once
     * @param objection why nothing is cleaned up in a backend that is up
     */
    BackendHealth(StorageBackends backends, Duration limit, Function<String, Optional<String>> objection) {
        this.objection = objection;
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

    /** Its name, and {@code up} or what is wrong. */
    private Mono<Map.Entry<String, String>> state(String name) {
        return Mono.defer(() -> backends.get(name).check())
                .then(Mono.fromSupplier(() -> up(name)))
                .timeout(limit, Mono.error(() -> silent(limit)))
                .onErrorResume(
                        BackendException.InsufficientStorage.class, full -> Mono.just("full: " + full.getMessage()))
                .onErrorResume(failure -> Mono.just(DOWN + failure.getMessage()))
                .map(state -> Map.entry(name, state));
    }

    private String up(String name) {
        return objection
                .apply(name)
                .map(reason -> UP + ", not cleaned up: " + reason)
                .orElse(UP);
    }

    static TimeoutException silent(Duration limit) {
        return new TimeoutException("no answer in %d ms".formatted(limit.toMillis()));
    }

    private Health health(SortedMap<String, String> states) {
        boolean up = !states.getOrDefault(backends.defaultName(), DOWN).startsWith(DOWN);
        return Health.status(up ? Status.UP : Status.DOWN)
                .withDetail("default", backends.defaultName())
                .withDetail("backends", states)
                .build();
    }
}
