package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.cleanup.Fences;
import io.aerodb.storage.metadata.BlobLedger;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** What readiness depends on: the database and the backends. Each answers within a few seconds, and says why not. */
@Configuration(proxyBeanMethods = false)
class DependencyHealth {

    private static final Duration LIMIT = Duration.ofSeconds(6);

    @Bean
    ReactiveHealthIndicator databaseHealthIndicator(BlobLedger ledger) {
        return () -> ledger.installation()
                .map(installation -> Health.up().build())
                .timeout(LIMIT, Mono.error(() -> BackendHealth.silent(LIMIT)))
                .onErrorResume(failure -> Mono.just(Health.down()
                        .withDetail("reason", String.valueOf(failure.getMessage()))
                        .build()));
    }

    @Bean
    ReactiveHealthIndicator backendHealthIndicator(StorageBackends backends, Fences fences) {
        return new BackendHealth(backends, LIMIT, fences::objection);
    }
}
