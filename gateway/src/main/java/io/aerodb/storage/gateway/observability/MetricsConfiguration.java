package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.jobs.JobRunner;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** What is measured beside what each part measures of itself. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    private static final Duration DISK_LOOK = Duration.ofSeconds(15);

    @Bean
    StorageMetrics storageMetrics(StorageSettings settings, MeterRegistry registry) {
        return StorageMetrics.of(settings.metrics().maxBuckets(), registry);
    }

    @Bean
    MeterBinder backendMeters(StorageBackends backends) {
        return new BackendMeters(backends);
    }

    @Bean
    JobRunner diskRunner(StorageBackends backends, MeterRegistry registry) {
        DiskMeters disks = new DiskMeters(backends, registry);
        return new JobRunner("disk", stop -> disks.look(), Duration.ZERO, DISK_LOOK, true);
    }

    @Bean
    MeterBinder poolMeters(Map<String, ConnectionPool> pools) {
        return new PoolMeters(pools);
    }

    @Bean
    MeterBinder directMemoryMeters() {
        return new DirectMemoryMeters();
    }

    @Bean
    EventLoopProbe eventLoopProbe(ReactorResourceFactory resources, MeterRegistry registry) {
        return new EventLoopProbe(resources.getLoopResources().onServer(LoopResources.DEFAULT_NATIVE), registry);
    }
}
