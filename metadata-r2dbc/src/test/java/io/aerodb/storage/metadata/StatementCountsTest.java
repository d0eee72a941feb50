package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * How many statements the database runs for one operation, those in functions, triggers and foreign keys included. Each costs 10
 * to 50 µs whatever it does, and together they are what an upload costs: who adds one says so here.
 */
class StatementCountsTest {

    private static final int TIMES = 20;

    private static TestDatabase database;
    private static Uploading uploading;

    @BeforeAll
    static void aBucketWithALimit() {
        database = new TestDatabase();
        database.admin("CREATE EXTENSION pg_stat_statements");
        uploading = new Uploading(database);
        uploading.bucket(ALICE, "counted", BucketPolicy.PRIVATE);
        database.admin("UPDATE storage.buckets SET max_file_size = 10");
        each(i -> uploading.put(ALICE, "counted", "warm-" + i));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void anUploadIsTwoStatementsWithThirteenInThem() {
        assertThat(statements(i -> uploading.put(ALICE, "counted", "new-" + i))).isEqualTo(15);
    }

    @Test
    void anOverwriteFreesTheBytesThatWereThere() {
        uploading.put(ALICE, "counted", "old");

        assertThat(statements(i -> uploading.put(ALICE, "counted", "old"))).isEqualTo(21);
    }

    @Test
    void aDownloadIsOneStatementWithTwoInIt() {
        uploading.put(ALICE, "counted", "read");

        assertThat(statements(i ->
                        database.objects.find(ALICE, "counted", "read", false).block()))
                .isEqualTo(3);
    }

    private static long statements(IntConsumer operation) {
        each(operation); // plans and caches are made
        database.value("SELECT pg_stat_statements_reset()::text");
        each(i -> operation.accept(TIMES + i));
        return Long.parseLong(database.value("""
                SELECT sum(calls)::bigint / %d FROM pg_stat_statements
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND userid <> 'postgres'::regrole""".formatted(TIMES)));
    }

    private static void each(IntConsumer operation) {
        for (int i = 0; i < TIMES; i++) {
            operation.accept(i);
        }
    }
}
