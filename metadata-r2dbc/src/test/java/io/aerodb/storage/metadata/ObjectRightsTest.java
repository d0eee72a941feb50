package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.ObjectRights.Operation;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alice owns every bucket; Bob owns "bobs" in the bucket of policy authenticated. */
class ObjectRightsTest {

    private TestDatabase database;

    @BeforeEach
    void open() {
        database = new TestDatabase();
        Uploading uploading = new Uploading(database);
        for (BucketPolicy policy : BucketPolicy.values()) {
            uploading.bucket(Callers.ALICE, "in-" + policy.word(), policy);
        }
        uploading.put(Callers.ALICE, "in-private", "file");
        uploading.put(Callers.ALICE, "in-public", "file");
        uploading.put(Callers.ALICE, "in-authenticated", "file");
        uploading.put(Callers.BOB, "in-authenticated", "bobs");
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @CsvSource({
        "alice, in-private,       file, SELECT,   allowed, []",
        "alice, in-private,       file, UPLOAD,   allowed, []",
        "alice, in-private,       file, DELETE,   allowed, []",
        "alice, in-private,       none, UPLOAD,   allowed, []",
        "alice, in-private,       none, DOWNLOAD, missing, []",
        "alice, in-private,       none, DELETE,   missing, []",
        "bob,   in-private,       file, DOWNLOAD, denied,  [\"select\"]",
        "bob,   in-private,       file, UPLOAD,   denied,  '[\"select\", \"update\"]'",
        "bob,   in-private,       none, UPLOAD,   denied,  [\"insert\"]",
        "bob,   in-private,       none, DOWNLOAD, denied,  []",
        "bob,   in-public,        file, DOWNLOAD, allowed, []",
        "bob,   in-public,        file, DELETE,   denied,  [\"delete\"]",
        "bob,   in-public,        none, DOWNLOAD, missing, []",
        "bob,   in-authenticated, file, MOVE,     denied,  [\"update\"]",
        "bob,   in-authenticated, bobs, MOVE,     allowed, []",
        "bob,   in-authenticated, bobs, DELETE,   allowed, []",
        "bob,   in-personal,      none, INSERT,   denied,  [\"insert\"]",
        "bob,   in-personal,      bob/x, INSERT,  allowed, []",
    })
    void saysWhatTheDatabaseDoesAndWhichRightIsMissing(
            String sub, String bucket, String path, Operation operation, String outcome, String missing) {
        String explanation = explain(Callers.user(sub), bucket, path, operation);

        assertThat(member(explanation, "outcome")).isEqualTo(outcome);
        assertThat(member(explanation, "missing_rights")).isEqualTo(missing);
    }

    @Test
    void anonymousCallersAndTheServiceAreExplainedToo() {
        assertThat(member(explain(Callers.ANON, "in-public", "file", Operation.DOWNLOAD), "outcome"))
                .isEqualTo("allowed");
        assertThat(member(explain(Callers.ANON, "in-private", "file", Operation.DOWNLOAD), "missing_rights"))
                .isEqualTo("[\"select\"]");
        assertThat(member(explain(Callers.SERVICE, "in-private", "file", Operation.DELETE), "outcome"))
                .isEqualTo("allowed");
    }

    @Test
    void anUnknownBucketIsSaidToBeUnknownToEverybody() {
        assertThat(member(explain(Callers.ANON, "nowhere", "x", Operation.SELECT), "outcome"))
                .isEqualTo("no_bucket");
        assertThat(member(explain(Callers.ALICE, "nowhere", "x", Operation.SELECT), "outcome"))
                .isEqualTo("no_bucket");
    }

    @Test
    void leavesNothingBehind() {
        String before = everything();

        for (RlsContext caller : new RlsContext[] {Callers.ANON, Callers.ALICE, Callers.BOB, Callers.SERVICE}) {
            for (Operation operation : Operation.values()) {
                explain(caller, "in-authenticated", "bobs", operation);
                explain(caller, "in-authenticated", "none", operation);
            }
        }

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void namesThePoliciesThatAreAskedAndWhatTheBuiltInOnesSay() {
        database.admin("""
                CREATE POLICY "bob reads all" ON storage.objects FOR SELECT TO authenticated
                USING (auth.jwt() ->> 'sub' = 'bob')""");
        database.admin("""
                CREATE POLICY "nothing is deleted" ON storage.objects AS RESTRICTIVE FOR DELETE TO authenticated USING (false)""");
        database.admin("CREATE POLICY \"for the service\" ON storage.objects FOR SELECT TO service_role USING (true)");

        String bob = explain(Callers.BOB, "in-private", "file", Operation.SELECT);
        String alice = explain(Callers.ALICE, "in-private", "file", Operation.DELETE);

        assertThat(member(bob, "outcome")).isEqualTo("allowed");
        assertThat(right(bob, "select", "allowed") + right(bob, "select", "built_in"))
                .isEqualTo("truefalse");
        assertThat(right(bob, "select", "policies")).isEqualTo("""
                [{"kind": "operator", "name": "bob reads all", "restrictive": false}, \
                {"kind": "built-in", "name": "builtin_read", "restrictive": false}]""");
        assertThat(member(alice, "missing_rights")).isEqualTo("[\"delete\"]");
        assertThat(right(alice, "delete", "allowed") + right(alice, "delete", "built_in"))
                .isEqualTo("falsetrue");
        assertThat(right(alice, "delete", "policies")).contains("nothing is deleted", "\"restrictive\": true");
    }

    @Test
    void aDenialNamesTheOperatorWhereTheBuiltInRulesWouldPermit() {
        database.admin("""
                CREATE POLICY "nothing is deleted" ON storage.objects AS RESTRICTIVE FOR DELETE TO authenticated USING (false)""");

        assertThat(refusalOfDeletion(Callers.ALICE, "in-private", "file"))
                .contains(new Refusal(Absence.DENIED, "operator"));
        assertThat(refusalOfDeletion(Callers.BOB, "in-public", "file")).contains(new Refusal(Absence.DENIED, "public"));
        assertThat(refusalOfDeletion(Callers.BOB, "in-private", "file")).contains(new Refusal(Absence.DENIED, null));
        assertThat(refusalOfDeletion(Callers.BOB, "in-private", "none")).contains(new Refusal(Absence.DENIED, null));
    }

    private Optional<Refusal> refusalOfDeletion(RlsContext caller, String bucket, String path) {
        return database.objects
                .delete(caller, bucket, path, WriteRule.OVERWRITE)
                .block();
    }

    @Test
    void aRightToWhatIsNotThereIsNotKnown() {
        String explanation = explain(Callers.ALICE, "in-private", "none", Operation.UPLOAD);

        assertThat(right(explanation, "insert", "allowed")).isEqualTo("true");
        assertThat(right(explanation, "update", "allowed")).isEqualTo("null");
        assertThat(member(explanation, "object")).isEqualTo("null");
    }

    private String explain(RlsContext caller, String bucket, String path, Operation operation) {
        return database.rights.explain(caller, bucket, path, operation).block();
    }

    private String member(String json, String name) {
        return database.value("SELECT '%s'::jsonb ->> '%s'".formatted(json.replace("'", "''"), name));
    }

    private String right(String json, String right, String name) {
        return database.value(
                "SELECT r ->> '%s' FROM jsonb_array_elements('%s'::jsonb -> 'rights') r WHERE r ->> 'right' = '%s'"
                        .formatted(name, json.replace("'", "''"), right));
    }

    private String everything() {
        return database.value("""
                SELECT (SELECT jsonb_agg(to_jsonb(o) ORDER BY o.id) FROM storage.objects o)::text
                    || (SELECT jsonb_agg(to_jsonb(b) ORDER BY b.key) FROM storage.blobs b)
                    || (SELECT jsonb_agg(to_jsonb(e) ORDER BY e.id) FROM storage.events e)
                    || (SELECT count(*) FROM storage_private.moves)""");
    }
}
