package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.backend.WorkLoad;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** How busy the threads of each backend are. */
record BackendMeters(StorageBackends backends) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        backends.byName().forEach((name, backend) -> backend.ability(WorkLoad.class)
                .ifPresent(load -> bind(name, load, registry)));
    }

    private static void bind(String backend, WorkLoad load, MeterRegistry registry) {
        Gauge.builder("storage.blob.tasks.queued", load, WorkLoad::queuedTasks)
                .description("Tasks that wait for a thread of their backend")
                .tag("backend", backend)
                .register(registry);
        Gauge.builder("storage.blob.threads.active", load, WorkLoad::activeThreads)
                .description("Threads of a backend that are at work")
                .tag("backend", backend)
                .register(registry);
        Gauge.builder("storage.blob.threads.max", load, WorkLoad::maxThreads)
                .description("Threads that a backend has at most")
                .tag("backend", backend)
                .register(registry);
    }
}
