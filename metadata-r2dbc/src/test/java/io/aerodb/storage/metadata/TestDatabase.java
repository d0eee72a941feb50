package io.aerodb.storage.metadata;

import io.r2dbc.pool.ConnectionPool;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A real PostgreSQL for the whole test JVM, and in it a migrated database for each instance of this class. */
final class TestDatabase implements AutoCloseable {

    static final String LOGIN = "storage_gateway";
    private static final String LOGIN_PASSWORD = "login-password";
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String name = "test_" + DATABASES.incrementAndGet();
    private final Connection superuser;
    private final ConnectionPools pools;
    private final ConnectionPool pool;
    final UUID instance = UUID.randomUUID();
    final MetadataExecutor executor;
    final BucketRepository buckets;
    final ObjectRepository objects;
    final ObjectListing listing;
    final ObjectChanges changes;
    final LinkRepository links;
    final ObjectRights rights;
    final BlobLedger ledger;
    final MigrationRepository migrations;

    TestDatabase() {
        Template.copyTo(name);
        superuser = connect(name);
        pools = new ConnectionPools(settings(name));
        pool = pools.pool("test", 8);
        executor = new MetadataExecutor(pool, settings().answerTimeout());
        buckets = new BucketRepository(executor);
        objects = new ObjectRepository(executor, instance);
        listing = new ObjectListing(executor);
        changes = new ObjectChanges(executor);
        links = new LinkRepository(executor, instance);
        rights = new ObjectRights(executor, instance);
        ledger = new BlobLedger(executor);
        migrations = migrations(instance);
    }

    /** A name that no other test uses, for things that belong to the whole server. */
    static String unique(String stem) {
        return stem + "_" + DATABASES.incrementAndGet();
    }

    /** Runs SQL as the superuser outside of any database of a test. */
    static void server(String sql) {
        try (Connection connection = connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    void migrate() {
        migrate(name);
    }

    private static void migrate(String name) {
        new SchemaMigration(jdbcUrl(name), "postgres", null).run(LOGIN, LOGIN_PASSWORD);
    }

    int acquired() {
        return pool.getMetrics().orElseThrow().acquiredSize();
    }

    ConnectionPools pools(DatabaseSettings settings) {
        return new ConnectionPools(settings);
    }

    DatabaseSettings settings() {
        return settings(name);
    }

    private static DatabaseSettings settings(String database) {
        return new DatabaseSettings(
                "127.0.0.1",
                Server.INSTANCE.getPort(),
                database,
                LOGIN,
                LOGIN_PASSWORD,
                "disable",
                null,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                64,
                2);
    }

    String jdbcUrl() {
        return jdbcUrl(name);
    }

    static String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(Server.INSTANCE.getPort(), database);
    }

    Connection connectAsAdmin() {
        return connect(name);
    }

    private static Connection connect(String database) {
        try {
            return DriverManager.getConnection(jdbcUrl(database), "postgres", null);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    Connection connectAsLogin() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(name), LOGIN, LOGIN_PASSWORD);
    }

    /** Migrations as another gateway works on them. */
    MigrationRepository migrations(UUID worker) {
        return new MigrationRepository(executor, worker, Duration.ofDays(1));
    }

    /** Runs SQL as the superuser. */
    synchronized void admin(String sql) {
        try (var statement = superuser.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    /** The one value of a query run as the superuser. */
    synchronized String value(String sql) {
        try (var statement = superuser.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    @Override
    public void close() {
        pool.dispose();
        pools.close();
        try {
            superuser.close();
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Migrated once; each test's database is a copy of it. */
    private static final class Template {
        static final String NAME = "template_migrated";

        static {
            server("CREATE DATABASE " + NAME);
            migrate(NAME);
        }

        static synchronized void copyTo(String name) {
            server("CREATE DATABASE %s TEMPLATE %s".formatted(name, NAME));
        }
    }

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "off")
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                        .setServerConfig("pg_stat_statements.track", "all")
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
                return server;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private static void stop(EmbeddedPostgres server) {
            try {
                server.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
