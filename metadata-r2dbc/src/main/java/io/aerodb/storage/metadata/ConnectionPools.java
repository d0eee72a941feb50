package io.aerodb.storage.metadata;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Makes bounded pools of connections that are spread over event loops of their own. Closing it closes them. */
public final class ConnectionPools implements AutoCloseable {

    private static final int PREPARED_STATEMENTS = 256;

    private final DatabaseSettings settings;
    private final LoopResources loops;
    private final ConnectionFactory connections;
    private final List<ConnectionPool> pools = new CopyOnWriteArrayList<>();

    public ConnectionPools(DatabaseSettings settings) {
        this.settings = settings;
        // not colocated: connections opened from one event loop would all stay on that loop
        this.loops = LoopResources.create("pg", settings.loops(), settings.loops(), true, false);
        this.connections = new PostgresqlConnectionFactory(configuration("aerodb-storage"));
    }

    /** @param size most connections; opened as they are needed */
    public ConnectionPool pool(String name, int size) {
        return pool(name, size, settings.maxPendingAcquires());
    }

    /** @param maxPendingAcquires that may wait for one; further ones fail at once */
    public ConnectionPool pool(String name, int size, int maxPendingAcquires) {
        ConnectionPool pool = new ConnectionPool(ConnectionPoolConfiguration.builder(connections)
                .name(name)
                .initialSize(0)
                .maxSize(size)
                .maxAcquireTime(settings.acquireTimeout())
                .acquireRetry(0) // a second try would wait for as long again
                .maxCreateConnectionTime(settings.connectTimeout())
                .maxIdleTime(Duration.ofMinutes(10))
                .maxLifeTime(Duration.ofMinutes(30))
                .validationDepth(ValidationDepth.LOCAL)
                .customizer(builder -> builder.maxPendingAcquire(maxPendingAcquires)
                        .idleResourceReuseMruOrder()) // its server process is still in the processor's caches
                .build());
        pools.add(pool);
        return pool;
    }

    /** Makes connections that belong to no pool; whoever has one closes it. */
    public ConnectionFactory single(String applicationName) {
        return new PostgresqlConnectionFactory(configuration(applicationName));
    }

    private PostgresqlConnectionConfiguration configuration(String applicationName) {
        PostgresqlConnectionConfiguration.Builder builder = PostgresqlConnectionConfiguration.builder()
                .host(settings.host())
                .port(settings.port())
                .database(settings.database())
                .username(settings.username())
                .sslMode(SSLMode.fromValue(settings.sslMode()))
                .connectTimeout(settings.connectTimeout())
                .applicationName(applicationName)
                .loopResources(loops)
                .tcpKeepAlive(true)
                .preparedStatementCacheQueries(PREPARED_STATEMENTS)
                .forceBinary(true) // texts of times cost more to read than all the rest of a row
                .options(Map.of(
                        "default_transaction_isolation",
                        "read committed", // the functions lock first and look in a later statement
                        "statement_timeout",
                        Long.toString(settings.statementTimeout().toMillis()),
                        "idle_in_transaction_session_timeout",
                        "30000",
                        "enable_seqscan",
                        "off", // a plan that was made for a small table is kept while the table grows
                        "jit",
                        "off")); // the price of a scan that is off, and taken all the same, would start it
        if (settings.sslRootCertificate() != null) {
            builder.sslRootCert(settings.sslRootCertificate().toString());
        }
        if (settings.password() != null) {
            builder.password(settings.password());
        }
        return builder.build();
    }

    @Override
    public void close() {
        Flux.fromIterable(pools)
                .flatMap(ConnectionPool::disposeLater)
                .then()
                .timeout(Duration.ofSeconds(2), Mono.empty()) // a server that is gone does not answer a farewell
                .then(loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)))
                .block(Duration.ofSeconds(5));
    }
}
