package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** The embedded server, when no database is configured. */
@Configuration(proxyBeanMethods = false)
@Conditional(EmbeddedDatabaseCondition.class)
class EmbeddedPostgresConfiguration {

    @Bean
    EmbeddedPostgres embeddedPostgres(StorageSettings settings) {
        return new EmbeddedPostgres(settings.dataDir(), settings.embedded());
    }

    @Bean
    EmbeddedDatabase embeddedDatabase(EmbeddedPostgres server) {
        return server.start();
    }

    @Bean
    HealthIndicator embeddedPostgresHealthIndicator(EmbeddedPostgres server) {
        return new EmbeddedPostgresHealth(server);
    }
}
