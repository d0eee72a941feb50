package io.aerodb.storage.bench;

import io.aerodb.storage.harness.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Objects that are rows only, written by SQL past the gateway: many in little time, without bytes and without events. */
final class Rows {

    /** Bucket of a million or so, in folders two deep with 100 objects each and in no order on disk. */
    static final String MANY = "many";

    /** Owns that bucket and so sees all of it; others see what they own, and {@link #SOMEBODY} owns 2 %. */
    static final String OWNER = "dave";

    static final String SOMEBODY = "alice";

    private Rows() {}

    static void many(Database database, int count) throws SQLException {
        write(database, bucket(MANY, OWNER), """
                INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                SELECT 'many/' || n, 'local', 'live', 'many', n, gen_random_uuid(), gen_random_uuid(), 1, repeat('0', 64)
                FROM generate_series(0, %1$d - 1) n;
                INSERT INTO storage.objects (bucket_id, name, owner_id, version, blob_key, backend, size, checksum,
                  content_type, cache_control, created_at, updated_at)
                SELECT 'many', format('folder-%%s/sub-%%s/object-%%s.bin', m / 100 %% 100, m / 10000, m),
                  CASE WHEN abs(hashint4(m)) %% 50 = 0 THEN 'alice' ELSE 'carol' END, gen_random_uuid(), 'many/' || n, 'local',
                  1, repeat('0', 64), 'application/octet-stream', 'no-cache',
                  timestamptz '2026-01-01Z' + abs(hashint4(m)) * interval '1 ms',
                  timestamptz '2026-02-01Z' + abs(hashint4(m + 1)) * interval '1 ms'
                FROM generate_series(0, %1$d - 1) n, LATERAL (SELECT (n * 7919::bigint %% %1$d)::int) scattered (m)
                """.formatted(count));
    }

    /** A new bucket with {@code folder/0} and so on. */
    static void folder(Database database, String bucket, String owner, int count) throws SQLException {
        write(database, bucket(bucket, owner), """
                INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                SELECT '%1$s/' || n, 'local', 'live', '%1$s', n, gen_random_uuid(), gen_random_uuid(), 1, repeat('0', 64)
                FROM generate_series(0, %3$d - 1) n;
                INSERT INTO storage.objects (bucket_id, name, owner_id, version, blob_key, backend, size, checksum,
                  content_type, cache_control)
                SELECT '%1$s', 'folder/' || n, '%2$s', gen_random_uuid(), '%1$s/' || n, 'local', 1, repeat('0', 64),
                  'application/octet-stream', 'no-cache'
                FROM generate_series(0, %3$d - 1) n
                """.formatted(bucket, owner, count));
    }

    private static String bucket(String name, String owner) {
        return "INSERT INTO storage.buckets (id, name, owner_id, policy) VALUES ('%1$s', '%1$s', '%2$s', 'private')"
                .formatted(name, owner);
    }

    private static void write(Database database, String bucket, String objects) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(bucket);
            statement.execute(
                    "SET session_replication_role = replica"); // no triggers, which would write as many events
            statement.execute(objects);
            statement.execute("VACUUM ANALYZE storage.blobs");
            statement.execute("VACUUM ANALYZE storage.objects");
        }
    }
}
