package io.aerodb.storage.metadata;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.Map;
import reactor.netty.resources.LoopResources;

/** Makes bounded pools of connections that are spread over event loops of their own. Close it after its pools. */
public final class ConnectionPools implements AutoCloseable {

    private static final int PREPARED_STATEMENTS = 256;

    private final DatabaseSettings settings;
    private final LoopResources loops;
    private final ConnectionFactory connections;

    public ConnectionPools(DatabaseSettings settings) {
        this.settings = settings;
        // not colocated: connections opened from one event loop would all stay on that loop
        this.loops = LoopResources.create("pg", settings.loops(), settings.loops(), true, false);
        this.connections = new PostgresqlConnectionFactory(configuration());
    }

    /** @param size most connections; opened as they are needed */
    public ConnectionPool pool(String name, int size) {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(connections)
                .name(name)
                .initialSize(0)
                .maxSize(size)
                .maxAcquireTime(settings.acquireTimeout())
                .acquireRetry(0) // a second try would wait for as long again
                .maxCreateConnectionTime(settings.connectTimeout())
                .maxIdleTime(Duration.ofMinutes(10))
                .maxLifeTime(Duration.ofMinutes(30))
                .validationDepth(ValidationDepth.LOCAL)
                .customizer(pool -> pool.maxPendingAcquire(settings.maxPendingAcquires()))
                .build());
    }

    private PostgresqlConnectionConfiguration configuration() {
        PostgresqlConnectionConfiguration.Builder builder = PostgresqlConnectionConfiguration.builder()
                .host(settings.host())
                .port(settings.port())
                .database(settings.database())
                .username(settings.username())
                .sslMode(SSLMode.fromValue(settings.sslMode()))
                .connectTimeout(settings.connectTimeout())
                .applicationName("aerodb-storage")
                .loopResources(loops)
                .tcpKeepAlive(true)
                .preparedStatementCacheQueries(PREPARED_STATEMENTS)
                .options(Map.of(
                        "default_transaction_isolation",
                        "read committed", // the functions lock first and look in a later statement
                        "statement_timeout",
                        Long.toString(settings.statementTimeout().toMillis()),
                        "idle_in_transaction_session_timeout",
                        "30000"));
        if (settings.password() != null) {
            builder.password(settings.password());
        }
        return builder.build();
    }

    @Override
    public void close() {
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block(Duration.ofSeconds(5));
    }
}
