package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.embedded.EmbeddedPostgres;
import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import io.aerodb.storage.gateway.wiring.StorageSettings;
import io.aerodb.storage.metadata.BlobLedger;
import io.aerodb.storage.metadata.BucketPolicy;
import io.aerodb.storage.metadata.BucketRepository;
import io.aerodb.storage.metadata.ConnectionPools;
import io.aerodb.storage.metadata.DatabaseSettings;
import io.aerodb.storage.metadata.FenceRepository;
import io.aerodb.storage.metadata.GarbageRepository;
import io.aerodb.storage.metadata.MetadataExecutor;
import io.aerodb.storage.metadata.MigrationRepository;
import io.aerodb.storage.metadata.NewBucket;
import io.aerodb.storage.metadata.ObjectRepository;
import io.aerodb.storage.metadata.OrphanRepository;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.SchemaMigration;
import io.aerodb.storage.metadata.ScrubRepository;
import io.r2dbc.pool.ConnectionPool;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

/** A real database with this product's schema, and what a test needs to hold it up or to look inside. */
public final class LiveMetadata implements AutoCloseable {

    private final EmbeddedPostgres server;
    private final EmbeddedDatabase database;
    private final ConnectionPools pools;
    private final ConnectionPool requests;
    public final ConnectionPool jobs;
    public final ObjectRepository objects;
    final BucketRepository buckets;
    public final BlobLedger ledger;

    public LiveMetadata(Path directory) {
        server = new EmbeddedPostgres(directory, new StorageSettings.Embedded(0, null));
        database = server.start();
        new SchemaMigration(jdbcUrl(), database.superuser(), database.password()).run("storage_gateway", "gateway");
        pools = new ConnectionPools(settings());
        requests = pools.pool("requests", 8);
        jobs = pools.pool("jobs", 2);
        MetadataExecutor executor = new MetadataExecutor(requests, Duration.ofSeconds(20));
        objects = new ObjectRepository(executor, UUID.randomUUID());
        buckets = new BucketRepository(executor);
        ledger = new BlobLedger(new MetadataExecutor(jobs, Duration.ofSeconds(20)));
    }

    private DatabaseSettings settings() {
        return new DatabaseSettings(
                database.host(),
                database.port(),
                database.database(),
                "storage_gateway",
                "gateway",
                "disable",
                null,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(15),
                64,
                2);
    }

    public void bucket(RlsContext owner, String name, Long maxFileSize) {
        buckets.create(owner, new NewBucket(name, name, BucketPolicy.PRIVATE, List.of(), maxFileSize, null, null))
                .block();
    }

    /** Migrations as a gateway of this identity works on them. */
    public MigrationRepository migrations(UUID worker) {
        return new MigrationRepository(new MetadataExecutor(jobs, Duration.ofSeconds(20)), worker, Duration.ofDays(1));
    }

    /** Garbage as a gateway of this identity cleans it up. */
    public GarbageRepository garbage(UUID collector, Duration deadAfter) {
        return new GarbageRepository(new MetadataExecutor(jobs, Duration.ofSeconds(20)), collector, deadAfter);
    }

    /** Tokens as a gateway of this identity makes them. */
    public FenceRepository fences(UUID advancer, Duration deadAfter) {
        return new FenceRepository(new MetadataExecutor(jobs, Duration.ofSeconds(20)), advancer, deadAfter);
    }

    /** Comparisons as a gateway of this identity makes them. */
    public OrphanRepository orphans(UUID cleaner, Duration lease) {
        return new OrphanRepository(new MetadataExecutor(jobs, Duration.ofSeconds(20)), cleaner, lease);
    }

    /** Scrubs as a gateway of this identity makes them. */
    public ScrubRepository scrubs(UUID scrubber, Duration deadAfter) {
        return new ScrubRepository(new MetadataExecutor(jobs, Duration.ofSeconds(20)), scrubber, deadAfter);
    }

    /** Objects as a gateway of this identity writes them. */
    public ObjectRepository objects(UUID writer) {
        return new ObjectRepository(new MetadataExecutor(requests, Duration.ofSeconds(20)), writer);
    }

    /** Runs SQL that answers nothing. */
    public void run(String sql) {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    int acquired() {
        return requests.getMetrics().orElseThrow().acquiredSize()
                + jobs.getMetrics().orElseThrow().acquiredSize();
    }

    /** States of a bucket's blobs in the ledger, in order of their creation, comma-separated. */
    String ledgerOf(String bucket) {
        return value("SELECT string_agg(state, ',' ORDER BY created_at) FROM storage.blobs WHERE bucket_id = '%s'"
                .formatted(bucket));
    }

    public String value(String sql) {
        try (Connection connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() && rows.getString(1) != null ? rows.getString(1) : "";
        } catch (SQLException failure) {
            throw new AssertionError(sql, failure);
        }
    }

    /** Runs something while every statement that touches the table waits. */
    public <T> T whileLocked(String table, Callable<T> work) throws Exception {
        return whileHolding("LOCK TABLE %s IN ACCESS EXCLUSIVE MODE".formatted(table), work);
    }

    /** Runs something within a transaction that has done this. */
    public <T> T whileHolding(String sql, Callable<T> work) throws Exception {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            T result = work.call();
            connection.rollback();
            return result;
        }
    }

    /** How many statements of the gateway wait for a lock. */
    public int waiting() {
        return Integer.parseInt(value("SELECT count(*) FROM pg_stat_activity"
                + " WHERE wait_event_type = 'Lock' AND application_name = 'aerodb-storage'"));
    }

    void terminateWaiting() {
        value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE wait_event_type = 'Lock' AND application_name = 'aerodb-storage'");
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), database.superuser(), database.password());
    }

    private String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(database.host(), database.port(), database.database());
    }

    @Override
    public void close() {
        requests.dispose();
        jobs.dispose();
        pools.close();
        server.close();
    }
}
