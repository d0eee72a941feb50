package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who holds which rights, read from the catalogue and tried. */
class DatabaseRightsTest {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    @Test
    void nobodyButTheOwnerAndTheLoginRoleExecutesWhatTheGatewayCalls() {
        assertThat(database.value("""
                SELECT string_agg(p.oid::regprocedure::text, ', ')
                FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                WHERE p.pronamespace = 'storage_private'::regnamespace AND a.grantee = 0""")).as("executable by PUBLIC").isEqualTo("null");
        assertThat(database.value("""
                SELECT string_agg(DISTINCT p.proname, ', ' ORDER BY p.proname)
                FROM pg_proc p, aclexplode(p.proacl) a
                WHERE p.pronamespace = 'storage_private'::regnamespace
                  AND a.grantee IN ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole)"""))
                .as("called by policies, which nobody can call by name")
                .isEqualTo("caller_id, event_permits, object_permits, reads_whole, switching, users_create_buckets");
        assertThat(database.value("SELECT has_schema_privilege('authenticated', 'storage_private', 'USAGE')"))
                .isEqualTo("f");
    }

    @Test
    void noFunctionCanBeMadeToMeanSomethingElseByItsCallersSearchPath() {
        assertThat(database.value("""
                SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
                WHERE p.pronamespace IN ('storage_private'::regnamespace, 'storage'::regnamespace) AND p.prosqlbody IS NULL
                  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%, pg_temp')"""))
                .as("pg_temp comes first for types and tables unless it is named last")
                .isEqualTo("null");
        assertThat(database.value("""
                SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
                WHERE p.prosecdef AND p.pronamespace = 'storage_private'::regnamespace
                  AND NOT 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig)"""))
                .as("what runs as the owner looks nowhere but in the catalogue")
                .isEqualTo("null");
    }

    @Test
    void nobodyLogsInAsTheOwnerOfTheTables() {
        assertThat(database.value("""
                SELECT count(*) FROM pg_class
                WHERE oid IN ('storage.objects'::regclass, 'storage.buckets'::regclass, 'storage.signed_urls'::regclass)
                AND relrowsecurity AND relowner = 'storage_owner'::regrole""")).isEqualTo("3");
        assertThat(database.value(
                        "SELECT rolsuper OR rolbypassrls OR rolcanlogin FROM pg_roles WHERE rolname = 'storage_owner'"))
                .isEqualTo("f");
    }

    @Test
    void aPolicyForEverybodyDoesNotHideReferencesToBlobs() {
        String bucket = TestDatabase.unique("blind");
        Uploading uploading = new Uploading(database);
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "original");
        database.changes
                .copy(
                        Callers.ALICE,
                        new Relocation(bucket, "original", bucket, "copy"),
                        WriteRule.CREATE,
                        Relocation.Replacement.NOTHING)
                .block();
        database.admin("CREATE POLICY blind ON storage.objects AS RESTRICTIVE FOR SELECT USING (name <> 'copy')");
        try {
            assertThat(database.objects
                            .delete(Callers.ALICE, bucket, "original", WriteRule.OVERWRITE)
                            .block())
                    .isEmpty();
            assertThat(database.value("""
                    SELECT b.state FROM storage.objects o JOIN storage.blobs b ON b.key = o.blob_key
                    WHERE o.bucket_id = '%s' AND o.name = 'copy'""".formatted(bucket))).isEqualTo("live");
        } finally {
            database.admin("DROP POLICY blind ON storage.objects");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "storage.buckets",
                "storage.objects",
                "storage.blobs",
                "storage.events",
                "storage.instances",
                "storage.signed_urls",
                "storage.storage_buckets",
                "storage.storage_objects",
                "storage_private.configuration",
                "storage_private.comparisons",
                "storage_private.event_counter",
                "storage_private.fences",
                "storage_private.fence_tokens",
                "storage_private.link_creators",
                "storage_private.migrations",
                "storage_private.migration_failures",
                "storage_private.orphans",
                "storage_private.scrubs",
                "storage_private.switches"
            })
    void theLoginRoleItselfReadsAndChangesNothing(String table) throws SQLException {
        try (var connection = database.connectAsLogin();
                var statement = connection.createStatement()) {
            for (String sql : List.of("SELECT FROM %s", "DELETE FROM %s", "BEGIN; LOCK %s; COMMIT")) {
                statement.execute("ROLLBACK");
                assertThat(failure(statement, sql.formatted(table))).as(sql).isEqualTo(INSUFFICIENT_PRIVILEGE);
            }
        }
        assertThat(database.value(
                        "SELECT count(*) FROM pg_class WHERE relowner = '%s'::regrole".formatted(TestDatabase.LOGIN)))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    SELECT FROM storage.blobs
                    UPDATE storage.blobs SET state = 'garbage'
                    DELETE FROM storage.blobs
                    UPDATE storage.events SET path = 'x'
                    INSERT INTO storage.events (type, bucket_id, bucket) VALUES ('storage.object.created', 'b', 'b')
                    DELETE FROM storage.events
                    SELECT FROM storage.instances
                    DELETE FROM storage.instances
                    SELECT FROM storage_private.configuration
                    UPDATE storage_private.configuration SET deleted_grace = '0'
                    TRUNCATE storage.objects
                    TRUNCATE storage.buckets CASCADE
                    ALTER TABLE storage.objects DISABLE ROW LEVEL SECURITY
                    ALTER TABLE storage.objects DISABLE TRIGGER ALL
                    DROP TRIGGER builtin_written ON storage.objects
                    CREATE TRIGGER t BEFORE INSERT ON storage.objects FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
                    CREATE POLICY p ON storage.objects USING (true)
                    CREATE TABLE storage.mine (n int)
                    CREATE FUNCTION storage.foldername(name varchar) RETURNS text[] LANGUAGE sql RETURN ARRAY['bob']
                    CREATE OR REPLACE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql RETURN '{}'::jsonb
                    SET session_replication_role = replica
                    SELECT storage_private.caller_id()
                    SELECT storage_private.permit_bucket_creation('authenticated')
                    SELECT storage_private.object_permits('delete', 'b', 'alice', 'x', 'alice')
                    SELECT storage_private.find_object('b', 'x')
                    SELECT storage_private.blob_begin('b', 'x', gen_random_uuid(), gen_random_uuid(), 'local')
                    SELECT storage_private.blob_abandon('key')
                    SELECT storage_private.blob_corrupt('key')
                    SELECT storage_private.blob_forget('key')
                    SELECT storage_private.blobs_verified('{key}', now())
                    SELECT storage_private.corrupt_objects(NULL, NULL, 1, 0)
                    SELECT storage_private.upload_begin('service_role', '{}', 'b', 'x', gen_random_uuid(), 'l', 't', 1, 'overwrite', NULL, NULL, NULL)
                    SELECT storage_private.instance_end(gen_random_uuid())
                    SELECT storage_private.switching()
                    SELECT storage_private.event_permits('b', 1, 'private', 'authenticated', 'alice')
                    SELECT storage_private.events_after(0, 1)
                    SELECT storage_private.events_numbered('{1}')
                    SELECT storage_private.events_number(1)
                    SELECT storage_private.events_expire(0, 1)
                    SELECT storage_private.events_visible('service_role', '{}', '{1}')
                    INSERT INTO storage_private.switches DEFAULT VALUES
                    UPDATE storage_private.migrations SET state = 'running', finished_at = NULL
                    SELECT storage_private.migration_start('service_role', '{}', 'b', 'local', 1, 'local', 1, 1)
                    SELECT storage_private.migration_cancel(gen_random_uuid())
                    SELECT storage_private.migration_begin(gen_random_uuid(), 'key', 'x', gen_random_uuid())
                    SELECT storage_private.migration_switch(gen_random_uuid(), 'key', 'copy', 1, 'x')
                    """)
    void noCallersRoleGetsBehindTheTables(String sql) throws SQLException {
        for (RlsContext caller : List.of(Callers.ANON, Callers.BOB, Callers.SERVICE)) {
            try (SqlClient client = new SqlClient(database, caller)) {
                assertThat(client.outcome(sql))
                        .as("%s as %s", sql, caller.role())
                        .isEqualTo(INSUFFICIENT_PRIVILEGE);
            }
        }
    }

    private static String failure(Statement statement, String sql) {
        try {
            statement.execute(sql);
            return "done";
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }
}
