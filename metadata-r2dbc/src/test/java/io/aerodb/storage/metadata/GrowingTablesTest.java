package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A connection keeps the plans that it made while there was next to nothing in the tables, until autovacuum has analyzed them anew,
 * which takes a minute. What an operation reads must not grow with them meanwhile.
 */
class GrowingTablesTest {

    private static final int TIMES = 20;

    private static Grown neverAnalyzed;
    private static Grown analyzedWhenSmall;

    @BeforeAll
    static void grow() {
        neverAnalyzed = new Grown(false);
        analyzedWhenSmall = new Grown(true);
    }

    @AfterAll
    static void close() {
        neverAnalyzed.close();
        analyzedWhenSmall.close();
    }

    @ParameterizedTest
    @EnumSource
    void plansOfEmptyTablesReadTheirOwnRowsOnly(Operation operation) {
        neverAnalyzed.assertReadsAsBefore(operation);
    }

    @ParameterizedTest
    @EnumSource
    void plansOfSmallTablesReadTheirOwnRowsOnly(Operation operation) {
        analyzedWhenSmall.assertReadsAsBefore(operation);
    }

    private enum Operation {
        CREATE,
        OVERWRITE,
        FIND,
        DELETE
    }

    /** A database whose one connection made its plans before most of the rows were there. */
    private static final class Grown {

        private static final String BUCKET = "growing";

        private final TestDatabase database = new TestDatabase();
        private final ConnectionPool pool = database.pools(database.settings()).pool("one", 1);
        private final MetadataExecutor executor =
                new MetadataExecutor(pool, database.settings().answerTimeout());
        private final ObjectRepository objects = new ObjectRepository(executor, UUID.randomUUID());
        private final Uploading uploading = new Uploading(database, objects);
        private final Map<Operation, Long> blocksBefore = new EnumMap<>(Operation.class);
        private int names;

        Grown(boolean analyzed) {
            database.admin("ALTER TABLE storage.objects SET (autovacuum_enabled = false)");
            database.admin("ALTER TABLE storage.blobs SET (autovacuum_enabled = false)");
            uploading.bucket(ALICE, BUCKET, BucketPolicy.PRIVATE);
            repeat(Operation.CREATE);
            if (analyzed) {
                database.admin("ANALYZE");
            }
            for (Operation each : Operation.values()) { // plans are final after the sixth call
                repeat(each);
                blocksBefore.put(each, blocks(each));
            }
            database.admin("""
                    SET session_replication_role = replica;
                    INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                    SELECT 'many/' || n, 'local', 'live', 'growing', n, gen_random_uuid(), gen_random_uuid(), 1, repeat('0', 64)
                    FROM generate_series(1, 20000) n;
                    INSERT INTO storage.objects
                      (bucket_id, name, owner_id, version, blob_key, backend, size, checksum, content_type, cache_control)
                    SELECT 'growing', n, 'alice', gen_random_uuid(), 'many/' || n, 'local', 1, repeat('0', 64), 'a/b', 'no-cache'
                    FROM generate_series(1, 20000) n;
                    SET session_replication_role = origin""");
            database.value("SELECT pg_stat_force_next_flush()::text");
            database.value("SELECT 1"); // that is in the statistics before anything is counted
        }

        /** The trees of the indexes are higher by now. */
        void assertReadsAsBefore(Operation operation) {
            assertThat(blocks(operation)).isLessThan(4 * blocksBefore.get(operation));
        }

        void close() {
            pool.dispose();
            database.close();
        }

        private long blocks(Operation operation) {
            long before = blocks();
            repeat(operation);
            return blocks() - before;
        }

        private long blocks() {
            executor.run("SELECT pg_stat_force_next_flush()").block();
            executor.run("SELECT 1").block(); // statistics are written when a transaction has ended
            return Long.parseLong(database.value("""
                    SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read) FROM pg_statio_user_tables
                    WHERE relname IN ('objects', 'blobs', 'buckets')"""));
        }

        private void repeat(Operation operation) {
            for (int i = 0; i < TIMES; i++) {
                once(operation);
            }
        }

        private void once(Operation operation) {
            switch (operation) {
                case CREATE -> uploading.put(ALICE, BUCKET, "new-" + names++);
                case OVERWRITE -> uploading.put(ALICE, BUCKET, "old");
                case FIND -> objects.find(ALICE, BUCKET, "old", false).block();
                case DELETE ->
                    objects.delete(ALICE, BUCKET, "new-" + --names, WriteRule.OVERWRITE)
                            .block();
            }
        }
    }
}
