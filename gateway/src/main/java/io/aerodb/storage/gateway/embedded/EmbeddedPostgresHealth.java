package io.aerodb.storage.gateway.embedded;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up while the embedded server runs. */
record EmbeddedPostgresHealth(EmbeddedPostgres server) implements HealthIndicator {

    @Override
    public Health health() {
        EmbeddedPostgres.State state = server.state();
        return (state == EmbeddedPostgres.State.RUNNING ? Health.up() : Health.down())
                .withDetail("state", state)
                .build();
    }
}
