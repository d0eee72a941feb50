package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.BOB;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadDecision.Reason;
import io.aerodb.storage.metadata.UploadDecision.Refused;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies that operators add, as they are written for Supabase Storage. */
class OperatorPolicyTest {

    private static final RlsContext USER = Callers.user("0190b5a4-3f9c-7000-8000-0123456789ab");
    private static final String OWN = USER.userId() + "/me.png";

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);
    private String bucket = "";

    @BeforeEach
    void aPrivateBucketOfSomebodyElse() {
        bucket = TestDatabase.unique("avatars");
        uploading.bucket(ALICE, bucket, BucketPolicy.PRIVATE);
    }

    @AfterEach
    void dropPolicies() {
        database.admin("""
                DO $$ DECLARE name text; BEGIN
                  FOR name IN SELECT polname FROM pg_policy WHERE polrelid = 'storage.objects'::regclass AND polname NOT LIKE 'builtin%' LOOP
                    EXECUTE format('DROP POLICY %I ON storage.objects', name);
                  END LOOP;
                END $$""");
        assertThat(database.value("SELECT storage_private.has_operator_policies()"))
                .isEqualTo("f");
    }

    @Test
    void policiesPastedFromSupabaseWorkAtOnce() {
        pasted("select", "using");
        pasted("insert", "with check");
        pasted("update", "using");
        pasted("delete", "using");
        StorageObject first = uploading.put(USER, bucket, OWN);
        StorageObject second = uploading.put(USER, bucket, OWN);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.ownerId()).isEqualTo(USER.userId());
        assertThat(database.objects.find(USER, bucket, OWN, false).block()).isInstanceOf(Answer.Given.class);
        assertThat(reason(uploading.begin(USER, bucket, "other/me.png", WriteRule.OVERWRITE)))
                .isEqualTo(Reason.DENIED);
        assertThat(reason(uploading.begin(BOB, bucket, OWN, WriteRule.OVERWRITE)))
                .isEqualTo(Reason.DENIED);
        assertThat(database.objects
                        .delete(USER, bucket, OWN, WriteRule.OVERWRITE)
                        .block())
                .isEmpty();
    }

    @Test
    void thoseWhoMayOnlyInsertGetTheirObjectBackFromTheUpload() {
        policy("for insert to authenticated with check (bucket_id = '%s')".formatted(bucket));
        assertThat(uploading.put(BOB, bucket, "drop").path()).isEqualTo("drop");
        assertThat(reason(uploading.begin(BOB, bucket, "drop", WriteRule.CREATE)))
                .isEqualTo(Reason.EXISTS);
        database.admin("UPDATE storage.objects SET name = 'theirs' WHERE bucket_id = '%s'".formatted(bucket));
        uploading.put(ALICE, bucket, "hidden");
        assertThat(reason(uploading.begin(BOB, bucket, "hidden", WriteRule.OVERWRITE)))
                .isEqualTo(Reason.DENIED);
    }

    @Test
    void aRestrictivePolicyRefusesBeforeTheBody() {
        uploading.put(ALICE, bucket, "old");
        policy("as restrictive for all to public using (name <> 'old') with check (name not like 'tmp/%')");
        for (RlsContext caller : List.of(ALICE, SERVICE)) {
            assertThat(reason(uploading.begin(caller, bucket, "tmp/x", WriteRule.OVERWRITE)))
                    .isEqualTo(Reason.DENIED);
            assertThat(reason(uploading.begin(caller, bucket, "old", WriteRule.OVERWRITE)))
                    .isEqualTo(Reason.DENIED);
        }
        assertThat(uploading.put(ALICE, bucket, "y").path()).isEqualTo("y");
    }

    @Test
    void whoMayNotWriteLearnsNothingOfTheBucketsLimits() {
        policy("for select to authenticated using (false)");
        database.admin("UPDATE storage.buckets SET allowed_mime_types = '{image/*}' WHERE id = '%s'".formatted(bucket));
        assertThat(reason(uploading.begin(BOB, bucket, "x", WriteRule.OVERWRITE)))
                .isEqualTo(Reason.DENIED);
        assertThat(reason(uploading.begin(ALICE, bucket, "x", WriteRule.OVERWRITE)))
                .isEqualTo(Reason.TYPE);
    }

    @Test
    void aPolicyThatFailsIsAFailureAndTheConnectionStaysClean() {
        database.admin(
                "CREATE OR REPLACE FUNCTION public.broken() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$");
        for (String expression : List.of("public.broken()", "1 / (length(name) - length(name)) = 1")) {
            uploading.put(ALICE, bucket, "x");
            Permitted slow = (Permitted) uploading.begin(ALICE, bucket, "x", WriteRule.OVERWRITE);
            policy("as restrictive for all to authenticated using (%s)".formatted(expression));
            assertFails(() -> database.objects.find(ALICE, bucket, "x", false).block());
            assertFails(() -> uploading.begin(ALICE, bucket, "y", WriteRule.OVERWRITE));
            assertFails(() -> database.objects
                    .delete(ALICE, bucket, "x", WriteRule.OVERWRITE)
                    .block());
            assertThat(uploading.commit(ALICE, slow, "x", WriteRule.OVERWRITE))
                    .isInstanceOfSatisfying(
                            RolledBack.class,
                            outcome -> assertThat(outcome.reason().kind()).isEqualTo(Kind.FAILED));
            for (int connection = 0; connection < 8; connection++) {
                assertThat(Traces.of(database.executor)).isEqualTo(Traces.NONE);
            }
            dropPolicies();
        }
    }

    @Test
    void aBuiltinPolicyThatIsDroppedNarrowsAlreadyAtBegin() {
        String definition = database.value(
                "SELECT pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = 'storage.objects'::regclass AND polname = 'builtin_create'");
        database.admin("DROP POLICY builtin_create ON storage.objects");
        assertThat(reason(uploading.begin(ALICE, bucket, "x", WriteRule.OVERWRITE)))
                .isEqualTo(Reason.DENIED);
        assertThat(uploading.put(SERVICE, bucket, "x").path()).isEqualTo("x");
        database.admin("CREATE POLICY builtin_create ON storage.objects FOR INSERT TO authenticated WITH CHECK (%s)"
                .formatted(definition));
        assertThat(uploading.begin(ALICE, bucket, "y", WriteRule.OVERWRITE)).isInstanceOf(Permitted.class);
    }

    @Test
    void theTrialOfAWriteLeavesNothingBehind() {
        policy("for select to authenticated using (true)");
        String before = database.value("SELECT count(*) FROM storage.events");
        uploading.begin(BOB, bucket, "x", WriteRule.OVERWRITE);
        assertThat(uploading.begin(ALICE, bucket, "x", WriteRule.OVERWRITE)).isInstanceOf(Permitted.class);
        assertThat(database.value("SELECT count(*) FROM storage.blobs WHERE bucket_id = '%s'".formatted(bucket)))
                .isEqualTo("1");
        assertThat(database.value("SELECT count(*) FROM storage.objects WHERE bucket_id = '%s'".formatted(bucket)))
                .isEqualTo("0");
        assertThat(database.value("SELECT count(*) FROM storage.events")).isEqualTo(before);
    }

    @Test
    void aPolicyThatChangesBetweenBeginAndCommitCountsAtCommit() {
        policy("for insert to authenticated with check (bucket_id = '%s')".formatted(bucket));
        Permitted permitted = (Permitted) uploading.begin(BOB, bucket, "x", WriteRule.OVERWRITE);
        dropPolicies();
        CommitOutcome outcome = uploading.commit(BOB, permitted, "x", WriteRule.OVERWRITE);
        assertThat(outcome).isNotInstanceOf(Committed.class);
        assertThat(((RolledBack) outcome).reason().kind()).isEqualTo(Kind.DENIED);
    }

    private void pasted(String operation, String clause) {
        policy(
                "for %s to authenticated %s ( bucket_id = '%s' and (storage.foldername(name))[1] = (select auth.uid()::text) )"
                        .formatted(operation, clause, bucket));
    }

    private static void policy(String definition) {
        database.admin("create policy \"%s\" on storage.objects %s;"
                .formatted(TestDatabase.unique("An operator's policy"), definition));
    }

    private static Reason reason(UploadDecision decision) {
        assertThat(decision).isInstanceOf(Refused.class);
        return ((Refused) decision).reason();
    }

    private static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.FAILED));
    }

    @Test
    void aConditionOpensNoDoorToThoseWithoutTheRightAndTellsThemNothing() {
        database.admin("CREATE POLICY unrelated ON storage.objects FOR SELECT TO authenticated USING (false)");
        StorageObject hidden = uploading.put(ALICE, bucket, "there");
        for (WriteRule rule : List.of(WriteRule.EXISTS, WriteRule.match(Set.of(hidden.etag())), WriteRule.CREATE)) {
            for (RlsContext caller : List.of(BOB, Callers.ANON)) {
                for (String path : List.of("there", "missing")) {
                    assertThat(uploading.begin(caller, bucket, path, rule))
                            .as("%s of %s under %s", caller.role(), path, rule)
                            .isInstanceOfSatisfying(Refused.class, refused -> {
                                assertThat(refused.reason()).isEqualTo(Reason.DENIED);
                                assertThat(refused.operation()).isEqualTo("insert");
                            });
                }
            }
        }
        assertThat(database.value("SELECT count(*) FROM storage.blobs WHERE bucket_id = '%s'".formatted(bucket)))
                .isEqualTo("1");
    }
}
