package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By which index the ledger is asked, on a server whose statistics were taken while nothing was being written. */
class LedgerPlansTest {

    private static TestDatabase database;

    @BeforeAll
    static void aLedgerOfLiveBlobs() {
        database = new TestDatabase();
        database.admin("""
                INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                SELECT 'key' || n, 'local', 'live', 'b', n, gen_random_uuid(), gen_random_uuid(), 1, 'x'
                FROM generate_series(1, 2000) n""");
        database.admin("VACUUM ANALYZE storage.blobs");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    /** A small partial index would look cheaper than the key, and a plan made then is kept while the index grows. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    blobs_pkey    | UPDATE storage.blobs SET size = 1 WHERE key = 'k' AND state = 'writing'
                    blobs_pkey    | UPDATE storage.blobs SET state = 'live' WHERE key = ANY ('{k}') AND state = 'writing'
                    blobs_pkey    | DELETE FROM storage.blobs WHERE key = 'k' AND state IN ('garbage', 'deleting')
                    blobs_writing | SELECT key FROM storage.blobs WHERE writer = gen_random_uuid() AND size IS NULL AND state = 'writing'
                    blobs_due     | SELECT key FROM storage.blobs WHERE backend = 'local' AND not_before < now() AND state IN ('garbage', 'deleting')
                    """)
    void eachQuestionIsAnsweredByTheIndexMadeForIt(String index, String sql) throws SQLException {
        assertThat(database.value("EXPLAIN (FORMAT JSON) " + sql)).contains('"' + index + '"');
    }
}
