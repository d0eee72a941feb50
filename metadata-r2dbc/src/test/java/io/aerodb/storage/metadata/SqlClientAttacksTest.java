package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.BOB;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.sql.SQLException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile or merely careless client with plain SQL and a caller's role can't do, and what stays right when it may. */
class SqlClientAttacksTest {

    private static final String UNUSABLE_BLOB = "ASB01";
    private static final String NEVER_CHANGES = "23001";
    private static final String DENIED = "42501";

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);

    @Test
    void noBlobCanBeNamedThatTheCallerMayNotRead() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        StorageObject live = uploading.put(BOB, bucket, "live");
        StorageObject hidden = uploading.put(ALICE, fresh(BucketPolicy.PRIVATE), "hidden");
        Permitted foreign = (Permitted) uploading.begin(ALICE, bucket, "x", WriteRule.OVERWRITE);
        Permitted own = (Permitted) uploading.begin(BOB, bucket, "x", WriteRule.OVERWRITE);
        try (SqlClient bob = new SqlClient(database, BOB)) {
            String update =
                    "UPDATE storage.objects SET blob_key = '%s' WHERE bucket_id = '" + bucket + "' AND name = 'live'";
            for (String key : new String[] {hidden.blobKey(), foreign.blobKey(), own.blobKey(), "unknown"}) {
                String refusal = key.equals(hidden.blobKey()) ? DENIED : UNUSABLE_BLOB;
                assertThat(bob.outcome(insert(bucket, "x", key))).as("insert").isEqualTo(refusal);
                assertThat(bob.outcome(update.formatted(key))).as("update").isEqualTo(refusal);
            }
            assertThat(bob.outcome(insert(bucket, "copy", live.blobKey())))
                    .as("a copy")
                    .isEqualTo("1");
        }
        assertThat(uploading.commit(ALICE, foreign, "x", WriteRule.OVERWRITE))
                .isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void identityAndFactsOfTheBytesCanNotBeForged() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        String other = fresh(BucketPolicy.AUTHENTICATED);
        StorageObject stored = uploading.put(BOB, bucket, "x");
        try (SqlClient bob = new SqlClient(database, BOB)) {
            String update = "UPDATE storage.objects SET %s WHERE id = '" + stored.id() + "'";
            assertThat(bob.outcome(update.formatted("id = gen_random_uuid()"))).isEqualTo(NEVER_CHANGES);
            assertThat(bob.outcome(update.formatted("bucket_id = '" + other + "'")))
                    .isEqualTo(NEVER_CHANGES);
            assertThat(bob.outcome(update.formatted("owner_id = 'alice'"))).isEqualTo(NEVER_CHANGES);
            assertThat(bob.outcome(update.formatted("owner_id = NULL"))).isEqualTo(NEVER_CHANGES);
            assertThat(
                            bob.outcome(
                                    update.formatted(
                                            "size = 0, checksum = 'x', backend = 'x', version = gen_random_uuid(), created_at = '2000-01-01'")))
                    .isEqualTo("1");
        }
        StorageObject now = ((Answer.Given<FoundObject>)
                        database.objects.find(BOB, bucket, "x", false).block())
                .value()
                .object();
        assertThat(now).usingRecursiveComparison().ignoringFields("updatedAt").isEqualTo(stored);
    }

    /** Who has the first version, with its type, would be told that nothing has changed. */
    @Test
    void anObjectThatOneStatementDeletesAndMakesAgainHasNotItsFirstVersion() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        StorageObject stored = uploading.put(BOB, bucket, "x");
        try (SqlClient bob = new SqlClient(database, BOB)) {
            bob.run("UPDATE storage.objects SET content_type = 'a/b' WHERE id = '%s'".formatted(stored.id()));
            bob.outcome("""
                    WITH gone AS (DELETE FROM storage.objects WHERE id = '%s' RETURNING *)
                    INSERT INTO storage.objects (bucket_id, name, version, blob_key, backend, size, checksum, content_type, cache_control)
                    SELECT bucket_id, name, version, blob_key, backend, size, checksum, content_type, cache_control
                    FROM gone""".formatted(stored.id()));
            assertThat(bob.value("SELECT version FROM storage.objects WHERE bucket_id = '%s'".formatted(bucket)))
                    .isNotEmpty()
                    .isNotEqualTo(stored.version().toString());
        }
    }

    @Test
    void nobodyCreatesAnythingInTheNameOfSomebodyElse() throws SQLException {
        String theirs = fresh(BucketPolicy.PRIVATE);
        Permitted theirBlob = (Permitted) uploading.begin(ALICE, theirs, "x", WriteRule.OVERWRITE);
        try (SqlClient bob = new SqlClient(database, BOB)) {
            assertThat(bob.outcome(insert(theirs, "x", theirBlob.blobKey()))).isIn(UNUSABLE_BLOB, DENIED);
            assertThat(bob.outcome(
                            "INSERT INTO storage.buckets (id, name, owner_id) VALUES ('forged', 'forged', 'alice')"))
                    .isEqualTo(DENIED);
            assertThat(bob.outcome("INSERT INTO storage.buckets (id, name) VALUES ('nobodys', 'nobodys')"))
                    .isEqualTo(DENIED);
            assertThat(bob.outcome("INSERT INTO storage.buckets (id, name, owner_id) VALUES ('bobs', 'bobs', 'bob')"))
                    .isEqualTo("1");
            assertThat(bob.outcome("UPDATE storage.buckets SET owner_id = 'alice' WHERE id = 'bobs'"))
                    .isEqualTo(NEVER_CHANGES);
            assertThat(bob.outcome("UPDATE storage.buckets SET policy = 'public' WHERE id = '" + theirs + "'"))
                    .isEqualTo("0");
        }
        try (SqlClient service = new SqlClient(database, SERVICE)) {
            assertThat(service.outcome("UPDATE storage.buckets SET owner_id = 'bob' WHERE id = '" + theirs + "'"))
                    .isEqualTo(NEVER_CHANGES);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " a",
                "a ",
                ".a",
                "a.",
                "a/b",
                "ä",
                "a\nb",
                "0190b5a4-3f9c-7000-8000-0123456789ab",
                "0190B5A4-3F9C-7000-8000-0123456789AB"
            })
    void aBucketsNameThatCouldBeMistakenIsRefused(String name) throws SQLException {
        try (SqlClient bob = new SqlClient(database, BOB)) {
            assertThat(bob.outcome(
                            "INSERT INTO storage.buckets (id, name, owner_id) VALUES (gen_random_uuid(), '%s', 'bob')"
                                    .formatted(name)))
                    .isEqualTo("23514");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "..", "../a", "a/../b", "a/..", "./a", "a/.", "a\nb", "a\u007f"})
    void anObjectIsNotRenamedToWhatNobodyCouldAddress(String name) throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        uploading.put(BOB, bucket, "x");
        String rename = "UPDATE storage.objects SET name = '%s' WHERE bucket_id = '" + bucket + "'";
        try (SqlClient bob = new SqlClient(database, BOB)) {
            assertThat(bob.outcome(rename.formatted(name))).isEqualTo("23514");
            assertThat(bob.outcome(rename.formatted("..a//b../...c"))).isEqualTo("1");
        }
    }

    @Test
    void namesOfTheAttackersOwnSchemaNeverStandInForTheCatalogues() throws SQLException {
        database.admin("CREATE SCHEMA IF NOT EXISTS attacker AUTHORIZATION authenticated");
        String bucket = fresh(BucketPolicy.PRIVATE);
        uploading.put(ALICE, bucket, "x");
        try (SqlClient bob = new SqlClient(database, BOB)) {
            bob.run("CREATE FUNCTION attacker.yes(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true");
            bob.run("CREATE OPERATOR attacker.= (LEFTARG = text, RIGHTARG = text, FUNCTION = attacker.yes)");
            bob.run(
                    "CREATE FUNCTION attacker.current_setting(text, boolean) RETURNS text LANGUAGE sql RETURN '{\"sub\":\"alice\"}'");
            bob.run("CREATE FUNCTION attacker.cardinality(text[]) RETURNS int LANGUAGE sql RETURN 1");
            bob.run("SET search_path = attacker, pg_catalog");
            assertThat(bob.value("SELECT 'a'::text = 'b'::text"))
                    .as("the attacker's operator is in use")
                    .isEqualTo("t");
            String there = " WHERE %s OPERATOR(pg_catalog.=) '" + bucket + "'";
            String objects = there.formatted("bucket_id");
            assertThat(bob.value("SELECT count(*) FROM storage.objects" + objects))
                    .isEqualTo("0");
            assertThat(bob.outcome("UPDATE storage.objects SET name = 'y'" + objects))
                    .isEqualTo("0");
            assertThat(bob.outcome("DELETE FROM storage.objects" + objects)).isEqualTo("0");
            assertThat(bob.outcome("DELETE FROM storage.buckets" + there.formatted("id")))
                    .isEqualTo("0");
        }
    }

    /** A temporary type called like one of the catalogue's runs its author's code in whoever looks it up. */
    @Test
    void typesOfTheAttackersTemporarySchemaNeverStandInForTheCatalogues() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        uploading.put(BOB, bucket, "x");
        try (SqlClient bob = new SqlClient(database, BOB)) {
            bob.run("CREATE TEMP TABLE ran_as (who pg_catalog.text)");
            bob.run("GRANT ALL ON ran_as TO PUBLIC");
            bob.run("""
                    CREATE FUNCTION pg_temp.spy(pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS
                    $$ BEGIN INSERT INTO ran_as VALUES (current_user); RETURN true; END $$""");
            for (String type : new String[] {"text", "uuid", "jsonb"}) {
                bob.run("CREATE DOMAIN pg_temp.%1$s AS pg_catalog.%1$s CHECK (pg_temp.spy(VALUE::pg_catalog.text))"
                        .formatted(type));
            }
            bob.run("UPDATE storage.objects SET name = 'y' WHERE bucket_id = '%s'".formatted(bucket));
            bob.run("DELETE FROM storage.objects WHERE bucket_id = '%s'".formatted(bucket));
            assertThat(bob.value("SELECT count(*) FROM ran_as WHERE who <> 'authenticated'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aDeleteTurnsTheBlobIntoGarbageAndLeavesItsEvent() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        StorageObject stored = uploading.put(BOB, bucket, "x");
        try (SqlClient bob = new SqlClient(database, BOB)) {
            assertThat(bob.run("DELETE FROM storage.objects WHERE id = '%s'".formatted(stored.id())))
                    .isEqualTo(1);
        }
        assertThat(database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(stored.blobKey())))
                .isEqualTo("garbage");
        assertThat(lastEvent(bucket)).isEqualTo("storage.object.deleted x null bob");
    }

    @Test
    void aChangeOfNameLeavesAMovedEventAndTouchesNoBlob() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        StorageObject stored = uploading.put(BOB, bucket, "x");
        try (SqlClient bob = new SqlClient(database, BOB)) {
            assertThat(bob.run("UPDATE storage.objects SET name = 'y' WHERE id = '%s'".formatted(stored.id())))
                    .isEqualTo(1);
        }
        assertThat(lastEvent(bucket)).isEqualTo("storage.object.moved y x bob");
        assertThat(database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(stored.blobKey())))
                .isEqualTo("live");
    }

    @Test
    void aBucketGoesOnlyWhenItIsEmptyAlsoOfWhatItsOwnerCanNotSee() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        uploading.put(BOB, bucket, "x");
        try (SqlClient alice = new SqlClient(database, ALICE)) {
            String delete = "DELETE FROM storage.buckets WHERE id = '%s'".formatted(bucket);
            assertThat(alice.outcome(delete)).isEqualTo("23503");
            assertThat(alice.outcome("DELETE FROM storage.objects WHERE bucket_id = '%s'".formatted(bucket)))
                    .isEqualTo("1");
            assertThat(alice.outcome(delete)).isEqualTo("1");
        }
        assertThat(lastEvent(bucket)).isEqualTo("storage.bucket.deleted null null alice");
    }

    @Test
    void objectsAndBucketDeletedByOneStatementLeaveAllTheirEvents() throws SQLException {
        String bucket = fresh(BucketPolicy.AUTHENTICATED);
        uploading.put(BOB, bucket, "x");
        try (SqlClient alice = new SqlClient(database, ALICE)) {
            alice.run(
                    "WITH gone AS (DELETE FROM storage.objects WHERE bucket_id = '%1$s') DELETE FROM storage.buckets WHERE id = '%1$s'"
                            .formatted(bucket));
        }
        assertThat(database.value("SELECT count(*) FROM storage.events WHERE bucket_id = '%s' AND type LIKE '%%deleted'"
                        .formatted(bucket)))
                .isEqualTo("2");
    }

    private static String fresh(BucketPolicy policy) {
        String name = TestDatabase.unique("attacked");
        uploading.bucket(ALICE, name, policy);
        return name;
    }

    private static String insert(String bucket, String name, String key) {
        return """
                INSERT INTO storage.objects (bucket_id, name, owner_id, version, blob_key, backend, size, checksum, content_type, cache_control)
                VALUES ('%s', '%s', 'carol', gen_random_uuid(), '%s', 'local', 1, 'x', 'text/plain', 'no-cache')""".formatted(bucket, name, key);
    }

    private static String lastEvent(String bucket) {
        return database.value("""
                SELECT concat_ws(' ', type, coalesce(path, 'null'), coalesce(old_path, 'null'), actor)
                FROM storage.events WHERE bucket_id = '%s' ORDER BY id DESC LIMIT 1""".formatted(bucket));
    }
}
