package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.jobs.JobRunner;
import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.gateway.wiring.CleanupSettings;
import io.aerodb.storage.gateway.wiring.Installation;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.FenceRepository;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.MetadataExecutor;
import io.aerodb.storage.metadata.OrphanRepository;
import io.micrometer.core.instrument.MeterRegistry;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class CleanupConfiguration {

    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final Duration FENCE_LOOK = Duration.ofSeconds(20);
    private static final Duration TOKEN_PAUSE = Duration.ofMinutes(1);

    /** With the jobs' connections, and less patience with one that is dead than they have. */
    @Bean
    InstanceLease instanceLease(ConnectionPool jobPool, Instance instance, StorageSettings settings) {
        Duration deadAfter = settings.cleanup().deadAfter();
        MetadataExecutor executor = new MetadataExecutor(jobPool, InstanceLease.answerTimeout(deadAfter));
        return new InstanceLease(
                new BlobLedger(executor),
                instance,
                deadAfter,
                settings.database().embedded());
    }

    @Bean
    OpenWrites openWrites() {
        return new OpenWrites();
    }

    @Bean
    CleanupMeters cleanupMeters(MeterRegistry registry, StorageBackends backends) {
        return new CleanupMeters(registry, backends.names());
    }

    @Bean
    VolumeGuard volumeGuard(Installation installation) {
        return new VolumeGuard(installation.id());
    }

    @Bean
    Fences fences(VolumeGuard guard, FenceRepository fences, StorageBackends backends, CleanupMeters meters) {
        return new Fences(guard, fences, backends, meters, TOKEN_PAUSE);
    }

    @Bean
    FenceKeeper fenceKeeper(Fences fences) {
        return new FenceKeeper(fences);
    }

    /** Also where nothing is cleaned up: the files there are not another database's to clean up either. */
    @Bean
    JobRunner fenceRunner(Fences fences) {
        return new JobRunner("fence", stop -> fences.turn(false), FENCE_LOOK, FENCE_LOOK, true);
    }

    @Bean
    Sweeper sweeper(GarbageRepository garbage, OpenWrites writes, CleanupMeters meters, Fences fences) {
        return new Sweeper(garbage, writes, meters, fences);
    }

    @Bean
    GarbageCollector garbageCollector(
            GarbageRepository garbage, Fences fences, CleanupMeters meters, StorageSettings settings) {
        return new GarbageCollector(garbage, fences, settings.cleanup().concurrency(), meters);
    }

    @Bean
    JobRunner garbageRunner(
            Sweeper sweeper, GarbageCollector collector, StorageBackends backends, StorageSettings settings) {
        CleanupSettings cleanup = settings.cleanup();
        GarbageRound round = new GarbageRound(sweeper, collector, backends);
        return new JobRunner(
                "garbage", round::run, cleanup.collectInterval(), cleanup.collectInterval(), cleanup.enabled());
    }

    @Bean
    JobRunner backlogRunner(
            OrphanRepository orphans,
            GarbageRepository garbage,
            StorageBackends backends,
            CleanupMeters meters,
            StorageSettings settings) {
        CleanupSettings cleanup = settings.cleanup();
        Backlog backlog = new Backlog(orphans, garbage, meters, backends.names(), cleanup.interval());
        Duration look = look(cleanup);
        return new JobRunner("backlog", stop -> backlog.measure(), Duration.ZERO, look, cleanup.enabled());
    }

    @Bean
    OrphanCleanupJob orphanCleanupJob(
            OrphanRepository orphans,
            Sweeper sweeper,
            GarbageCollector collector,
            StorageBackends backends,
            VolumeGuard volumes,
            Fences fences,
            CleanupMeters meters,
            StorageSettings settings) {
        return new OrphanCleanupJob(orphans, sweeper, collector, backends, volumes, fences, meters, settings.cleanup());
    }

    @Bean
    JobRunner orphanCleanupRunner(OrphanCleanupJob job, StorageSettings settings) {
        Duration look = look(settings.cleanup());
        return new JobRunner(
                "comparison", job::scheduled, look, look, settings.cleanup().enabled());
    }

    /** Whether a comparison is due, which the database knows: also of gateways that never run for an interval. */
    private static Duration look(CleanupSettings cleanup) {
        return cleanup.interval().compareTo(LOOK) < 0 ? cleanup.interval() : LOOK;
    }

    @Bean
    RouterFunction<ServerResponse> cleanupRoutes(OrphanCleanupJob job, Bodies bodies) {
        OrphanHandler handler = new OrphanHandler(job, bodies);
        return RouterFunctions.route()
                .POST(StorageApi.BASE + "/admin/orphans", handler::clean)
                .withAttribute(Operation.ATTRIBUTE, Operation.CLEAN_UP)
                .build();
    }
}
