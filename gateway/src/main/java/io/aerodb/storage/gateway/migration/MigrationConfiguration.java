package io.aerodb.storage.gateway.migration;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.cleanup.Fences;
import io.aerodb.storage.gateway.cleanup.OpenWrites;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.StorageApi;
import io.aerodb.storage.gateway.jobs.JobRunner;
import io.aerodb.storage.gateway.log.Operation;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.MigrationRepository;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

@Configuration(proxyBeanMethods = false)
class MigrationConfiguration {

    @Bean
    JobRunner migrationRunner(
            MigrationRepository migrations,
            BlobLedger ledger,
            StorageBackends backends,
            MeterRegistry meters,
            StorageSettings settings,
            OpenWrites writes,
            Fences fences) {
        MigrationMeters moved = new MigrationMeters(meters, backends.names());
        BlobMover mover = new BlobMover(migrations, ledger, backends, moved, writes, fences::admitUpload);
        MigrationJob job = new MigrationJob(migrations, mover, backends.names(), settings.migrations());
        return new JobRunner(
                "migration", job::run, Duration.ZERO, settings.migrations().pollInterval(), true);
    }

    @Bean
    RouterFunction<ServerResponse> migrationRoutes(
            MigrationRepository migrations, StorageBackends backends, Bodies bodies) {
        MigrationHandler handler = new MigrationHandler(migrations, backends, bodies);
        return RouterFunctions.route()
                .POST(StorageApi.BASE + "/admin/migrations", handler::start)
                .withAttribute(Operation.ATTRIBUTE, Operation.START_MIGRATION)
                .GET(StorageApi.BASE + "/admin/migrations", handler::list)
                .withAttribute(Operation.ATTRIBUTE, Operation.LIST_MIGRATIONS)
                .GET(StorageApi.BASE + "/admin/migrations/{id}", handler::find)
                .withAttribute(Operation.ATTRIBUTE, Operation.GET_MIGRATION)
                .DELETE(StorageApi.BASE + "/admin/migrations/{id}", handler::cancel)
                .withAttribute(Operation.ATTRIBUTE, Operation.CANCEL_MIGRATION)
                .build();
    }
}
