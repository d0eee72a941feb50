package io.aerodb.storage.metadata;

/**
 * A bucket of very many objects, in folders two deep with 100 objects each and in no order on disk. Two in a hundred belong
 * to alice, the others to carol, the bucket to neither.
 */
final class ManyObjects {

    static final String BUCKET = "many";

    private ManyObjects() {}

    static void fill(TestDatabase database, int count) {
        new Uploading(database).bucket(Callers.user("dave"), BUCKET, BucketPolicy.PRIVATE);
        database.admin("SET session_replication_role = replica"); // without triggers, which would write as many events
        database.admin("""
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
                FROM generate_series(0, %1$d - 1) n, LATERAL (SELECT (n * 7919::bigint %% %1$d)::int) scattered (m)""".formatted(count));
        database.admin("SET session_replication_role = origin");
        database.admin("VACUUM ANALYZE storage.blobs");
        database.admin("VACUUM ANALYZE storage.objects");
    }

    /** From now on every user sees all of it. */
    static void share(TestDatabase database) {
        policy(database, "authenticated");
    }

    /** From now on users see what they own: alice 2 %. */
    static void hide(TestDatabase database) {
        policy(database, "private");
    }

    private static void policy(TestDatabase database, String policy) {
        database.admin("UPDATE storage.buckets SET policy = '%s' WHERE id = '%s'".formatted(policy, BUCKET));
    }
}
