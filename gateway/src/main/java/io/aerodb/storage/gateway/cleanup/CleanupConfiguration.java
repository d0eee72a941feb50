package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.wiring.CleanupSettings;
import io.aerodb.storage.gateway.wiring.Installation;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.OrphanRepository;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class CleanupConfiguration {

    @Bean
    InstanceLease instanceLease(BlobLedger ledger, Instance instance, StorageSettings settings) {
        return new InstanceLease(
                ledger,
                instance,
                settings.cleanup().deadAfter(),
                settings.database().embedded());
    }

    @Bean
    OpenWrites openWrites() {
        return new OpenWrites();
    }

    @Bean
    CleanupMeters cleanupMeters(MeterRegistry registry) {
        return new CleanupMeters(registry);
    }

    @Bean
    VolumeGuard volumeGuard(Installation installation) {
        return new VolumeGuard(installation.id());
    }

    @Bean
    Sweeper sweeper(GarbageRepository garbage, OpenWrites writes, CleanupMeters meters) {
        return new Sweeper(garbage, writes, meters);
    }

    @Bean
    GarbageCollector garbageCollector(
            GarbageRepository garbage, VolumeGuard guard, CleanupMeters meters, StorageSettings settings) {
        return new GarbageCollector(garbage, guard, settings.cleanup().concurrency(), meters);
    }

    @Bean
    CleanupRunner garbageRunner(
            Sweeper sweeper,
            GarbageCollector collector,
            StorageBackends backends,
            GarbageRepository garbage,
            CleanupMeters meters,
            StorageSettings settings) {
        CleanupSettings cleanup = settings.cleanup();
        GarbageRound round = new GarbageRound(sweeper, collector, backends, garbage, meters);
        return new CleanupRunner(round.run(), cleanup.collectInterval(), cleanup.enabled());
    }

    @Bean
    OrphanCleanupJob orphanCleanupJob(
            OrphanRepository orphans,
            Sweeper sweeper,
            GarbageCollector collector,
            StorageBackends backends,
            VolumeGuard guard,
            CleanupMeters meters,
            StorageSettings settings) {
        return new OrphanCleanupJob(orphans, sweeper, collector, backends, guard, meters, settings.cleanup());
    }

    @Bean
    CleanupRunner orphanCleanupRunner(OrphanCleanupJob job, StorageSettings settings) {
        CleanupSettings cleanup = settings.cleanup();
        return new CleanupRunner(job.scheduled(), cleanup.interval(), cleanup.enabled());
    }

    @Bean
    RouterFunction<ServerResponse> cleanupRoutes(OrphanCleanupJob job, Bodies bodies) {
        OrphanHandler handler = new OrphanHandler(job, bodies);
        return RouterFunctions.route()
                .POST(StorageApi.BASE + "/admin/orphans", handler::clean)
                .build();
    }
}
