package io.aerodb.storage.gateway.observability;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The connections to the database, by pool.
 *
 * @param pools by the names of their beans: {@code requestPool} is the pool of {@code requests}
 */
record PoolMeters(Map<String, ConnectionPool> pools) implements MeterBinder {

    @Override
    public void bindTo(MeterRegistry registry) {
        pools.forEach((name, pool) -> pool.getMetrics()
                .ifPresent(metrics -> bind(Tags.of("pool", name.replace("Pool", "s")), metrics, registry)));
    }

    private static void bind(Tags pool, PoolMetrics metrics, MeterRegistry registry) {
        String connections = "storage.database.connections";
        String open = "Connections to the database that are open";
        gauge(connections, open, pool.and("state", "acquired"), metrics, PoolMetrics::acquiredSize, registry);
        gauge(connections, open, pool.and("state", "idle"), metrics, PoolMetrics::idleSize, registry);
        gauge(
                "storage.database.connections.max",
                "Connections to the database that a pool has at most",
                pool,
                metrics,
                PoolMetrics::getMaxAllocatedSize,
                registry);
        gauge(
                "storage.database.acquires.pending",
                "Statements that wait for a connection",
                pool,
                metrics,
                PoolMetrics::pendingAcquireSize,
                registry);
    }

    private static void gauge(
            String name,
            String description,
            Tags tags,
            PoolMetrics metrics,
            ToDoubleFunction<PoolMetrics> value,
            MeterRegistry registry) {
        Gauge.builder(name, metrics, value).description(description).tags(tags).register(registry);
    }
}
