package io.aerodb.storage.backend.observed;

import io.aerodb.storage.backend.BackendException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One operation of one backend. */
final class OperationMeters {

    private static final Duration[] BUCKETS = LongStream.of(
                    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final Timer timer;
    private final Counter errors;

    OperationMeters(String operation, String backend, MeterRegistry registry) {
        this.timer = Timer.builder(ObservedStorageBackend.LATENCY)
                .description("Time that a storage backend took for a call, without that of clients")
                .tags("operation", operation, "backend", backend)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
        this.errors = Counter.builder("storage.backend.errors")
                .description("Calls that a storage backend failed, but for files that are not there")
                .tags("operation", operation, "backend", backend)
                .register(registry);
    }

    /** The call as a whole, however it ends. */
    <T> Mono<T> observed(Mono<T> call) {
        return Mono.defer(() -> {
            Stopwatch watch = Stopwatch.started(timer);
            return call.doOnError(this::failed).doFinally(end -> watch.stop());
        });
    }

    /** The call up to its first element, or its end: from then on whoever takes them may be the slow one. */
    <T> Flux<T> observed(Flux<T> call) {
        return Flux.defer(() -> {
            Stopwatch watch = Stopwatch.started(timer);
            return call.doOnNext(first -> watch.stop()).doOnError(this::failed).doFinally(end -> watch.stop());
        });
    }

    /** An idle watch, for one call of which only a part counts. */
    Stopwatch watch() {
        return Stopwatch.idle(timer);
    }

    /** Not the failures of what is to be written, nor what is a plain answer. */
    void failed(Throwable failure) {
        if (failure instanceof BackendException && !(failure instanceof BackendException.NotFound)) {
            errors.increment();
        }
    }
}
