package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A connection keeps the plans that it made while there was nothing in the tables, until the server has looked at these again.
 * What an operation reads must not grow with them meanwhile.
 */
class GrowingTablesTest {

    private static final String BUCKET = "growing";
    private static final int TIMES = 20;

    private static TestDatabase database;
    private static ConnectionPool pool;
    private static MetadataExecutor executor;
    private static ObjectRepository objects;
    private static Map<Operation, Long> blocksWhenSmall;

    /** By one connection: each has plans of its own, which are final after the sixth call. */
    @BeforeAll
    static void plansAreMadeBeforeThereAreMany() {
        database = new TestDatabase();
        pool = database.pools(database.settings()).pool("one", 1);
        executor = new MetadataExecutor(pool, database.settings().answerTimeout());
        objects = new ObjectRepository(executor, UUID.randomUUID());
        database.admin("ALTER TABLE storage.objects SET (autovacuum_enabled = false)");
        database.admin("ALTER TABLE storage.blobs SET (autovacuum_enabled = false)");
        new Uploading(database).bucket(ALICE, BUCKET, BucketPolicy.PRIVATE);
        for (Operation each : Operation.values()) {
            each.repeat();
        }
        blocksWhenSmall = Map.of(
                Operation.CREATE, blocks(Operation.CREATE),
                Operation.OVERWRITE, blocks(Operation.OVERWRITE),
                Operation.FIND, blocks(Operation.FIND),
                Operation.DELETE, blocks(Operation.DELETE));
        database.admin("""
                SET session_replication_role = replica;
                INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                SELECT 'many/' || n, 'local', 'live', 'growing', n, gen_random_uuid(), gen_random_uuid(), 1, repeat('0', 64)
                FROM generate_series(1, 20000) n;
                INSERT INTO storage.objects (bucket_id, name, owner_id, version, blob_key, backend, size, checksum, content_type, cache_control)
                SELECT 'growing', n, 'alice', gen_random_uuid(), 'many/' || n, 'local', 1, repeat('0', 64), 'a/b', 'no-cache'
                FROM generate_series(1, 20000) n;
                SET session_replication_role = origin""");
    }

    @AfterAll
    static void close() {
        pool.dispose();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void anOperationReadsItsOwnRowsAndNotTheTable(Operation operation) {
        assertThat(blocks(operation)).isLessThan(3 * blocksWhenSmall.get(operation));
    }

    private static long blocks(Operation operation) {
        long before = blocks();
        operation.repeat();
        return blocks() - before;
    }

    private static long blocks() {
        executor.run("SELECT pg_stat_force_next_flush()").block();
        executor.run("SELECT 1").block(); // told at the end of the next transaction
        return Long.parseLong(database.value("""
                SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read) FROM pg_statio_user_tables
                WHERE relname IN ('objects', 'blobs', 'buckets')"""));
    }

    private enum Operation {
        CREATE,
        OVERWRITE,
        FIND,
        DELETE;

        private static int names;

        void repeat() {
            for (int i = 0; i < TIMES; i++) {
                switch (this) {
                    case CREATE -> put("new-" + names++);
                    case OVERWRITE -> put("old");
                    case FIND -> objects.find(ALICE, BUCKET, "old", false).block();
                    case DELETE ->
                        objects.delete(ALICE, BUCKET, "new-" + --names, WriteRule.OVERWRITE)
                                .block();
                }
            }
        }

        private static void put(String path) {
            new Uploading(database, objects).put(ALICE, BUCKET, path);
        }
    }
}
