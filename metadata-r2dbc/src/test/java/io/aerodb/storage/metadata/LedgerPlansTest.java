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
                FROM generate_series(1, 20000) n""");
        database.admin("""
                INSERT INTO storage_private.orphans (backend, kind, key, size, run)
                SELECT 'local', 'unknown', 'key' || n, 1, '00000000-0000-0000-0000-000000000001' FROM generate_series(1, 20000) n""");
        database.admin("VACUUM ANALYZE storage.blobs, storage_private.orphans");
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
                    blobs_due     | SELECT key FROM storage.blobs WHERE backend = 'local' AND not_before <= now() AND state IN ('garbage', 'deleting') ORDER BY not_before LIMIT 1000 FOR UPDATE SKIP LOCKED
                    blobs_collected | UPDATE storage.blobs b SET collector = NULL WHERE b.collector IS NOT NULL AND NOT storage_private.lives(b.collector, 60)
                    blobs_writing | SELECT key FROM storage.blobs WHERE writer = gen_random_uuid() AND size IS NULL AND state = 'writing' AND key > '' AND created_at <= now() ORDER BY key LIMIT 1000
                    blobs_writing | SELECT key FROM storage.blobs b WHERE b.size IS NULL AND b.state = 'writing' AND NOT EXISTS (SELECT FROM storage.instances i WHERE i.id = b.writer AND i.heartbeat_at > now()) LIMIT 1000
                    blobs_writing | SELECT count(*) FROM storage.blobs b WHERE b.size IS NULL AND b.state = 'writing' AND b.bucket_id = 'b' AND b.backend <> 'local' AND b.created_at > now()
                    blobs_pkey    | SELECT key, size, state, backend FROM storage.blobs WHERE key > 'key5' ORDER BY key LIMIT 1000
                    blobs_pkey    | SELECT key, size, sha256, state = 'live' AND greatest(created_at, last_verified) NOT BETWEEN now() AND now() FROM storage.blobs WHERE key > '' ORDER BY key LIMIT 1000
                    blobs_pkey    | SELECT key FROM storage.blobs WHERE key = ANY ('{k,l}')
                    blobs_corrupt | SELECT key FROM storage.blobs WHERE corrupt_since IS NOT NULL AND state = 'live' AND backend = 'local' AND key > 'key5' ORDER BY key LIMIT 1000
                    orphans_run   | SELECT ctid FROM storage_private.orphans WHERE backend = 'local' AND (run < '00000000-0000-0000-0000-000000000001' OR run > '00000000-0000-0000-0000-000000000001') LIMIT 1000
                    """)
    void eachQuestionIsAnsweredByTheIndexMadeForIt(String index, String sql) throws SQLException {
        assertThat(database.value("EXPLAIN (FORMAT JSON) " + sql)).contains('"' + index + '"');
    }
}
