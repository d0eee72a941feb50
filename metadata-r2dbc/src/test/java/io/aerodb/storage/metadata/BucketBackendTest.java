package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.ANON;
import static io.aerodb.storage.metadata.Callers.BOB;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The backend of a bucket: who chooses it, and what it means for new objects and for those that are there. */
class BucketBackendTest {

    private static final String DENIED = "42501";
    private static final RlsContext SERVICE_FOR_ALICE =
            new RlsContext("alice", Role.SERVICE_ROLE, "{\"sub\":\"alice\",\"role\":\"service_role\"}");

    private final TestDatabase database = new TestDatabase();
    private final Uploading uploading = new Uploading(database);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void newObjectsGoWhereTheirBucketSays() {
        create(SERVICE_FOR_ALICE, "cold", "second");

        assertThat(uploading.put(ALICE, "cold", "one").backend()).isEqualTo("second");
    }

    @Test
    void aBucketThatNamesNoneTakesTheDefault() {
        assertThat(create(ALICE, "plain", null).backend()).isNull();

        assertThat(((Permitted) uploading.begin(ALICE, "plain", "one", WriteRule.OVERWRITE)).backend())
                .isEqualTo("local");
    }

    @Test
    void aChangeTouchesNoObjectThatIsThere() {
        create(SERVICE_FOR_ALICE, "warm", null);
        uploading.put(ALICE, "warm", "old");
        assertThat(change(SERVICE, "warm", "second").backend()).isEqualTo("second");
        uploading.put(ALICE, "warm", "new");
        assertThat(change(SERVICE, "warm", BucketChange.DEFAULT_BACKEND).backend())
                .isNull();
        uploading.put(ALICE, "warm", "newest");

        assertThat(database.value("SELECT string_agg(name || ' ' || backend, ', ' ORDER BY name) FROM storage.objects"))
                .isEqualTo("new second, newest local, old local");
    }

    @Test
    void aCopyAndAMovedObjectStayOnTheBackendOfTheirBytes() {
        create(SERVICE_FOR_ALICE, "from", "second");
        create(ALICE, "to", null);
        uploading.put(ALICE, "from", "moves");
        uploading.put(ALICE, "from", "stays");
        database.changes
                .move(ALICE, new Relocation("from", "moves", "to", "moved"))
                .block();
        database.changes
                .copy(
                        ALICE,
                        new Relocation("from", "stays", "to", "copied"),
                        WriteRule.CREATE,
                        Relocation.Replacement.NOTHING)
                .block();

        assertThat(database.value(
                        "SELECT string_agg(DISTINCT backend, ',') FROM storage.objects WHERE bucket_id = 'to'"))
                .isEqualTo("second");
    }

    @Test
    void onlyTheServiceChooses() {
        uploading.bucket(ALICE, "mine", BucketPolicy.PRIVATE);

        assertDenied(() -> create(ALICE, "chosen", "second"));
        assertDenied(() -> create(ANON, "chosen", "second"));
        assertDenied(() -> change(ALICE, "mine", "second"));
    }

    @Test
    void anOwnerDoesNotTakeTheChoiceBackEither() {
        create(SERVICE_FOR_ALICE, "cold", "second");

        assertDenied(() -> change(ALICE, "cold", BucketChange.DEFAULT_BACKEND));
        assertThat(change(ALICE, "cold", "second").backend())
                .as("what it is already")
                .isEqualTo("second");
        assertThat(database.buckets
                        .update(BOB, "cold", new BucketChange(null, null, null, "third", null))
                        .block())
                .as("a stranger's")
                .isInstanceOf(Answer.NotGiven.class);
    }

    @Test
    void anotherSqlClientIsBoundToo() throws SQLException {
        uploading.bucket(ALICE, "mine", BucketPolicy.PRIVATE);
        try (SqlClient alice = new SqlClient(database, ALICE);
                SqlClient service = new SqlClient(database, SERVICE)) {
            assertThat(alice.outcome("UPDATE storage.buckets SET backend = 'second'"))
                    .isEqualTo(DENIED);
            assertThat(
                            alice.outcome(
                                    "INSERT INTO storage.buckets (id, name, owner_id, backend) VALUES ('b', 'b', 'alice', 'second')"))
                    .isEqualTo(DENIED);
            assertThat(service.outcome("UPDATE storage.buckets SET backend = 'second'"))
                    .isEqualTo("1");
        }
    }

    @Test
    void theOwnerOfTheTablesAndASuperuserChooseToo() {
        uploading.bucket(ALICE, "mine", BucketPolicy.PRIVATE);

        database.admin("SET ROLE storage_owner; UPDATE storage.buckets SET backend = 'second'; RESET ROLE");
        database.admin("UPDATE storage.buckets SET backend = 'third'");
    }

    @Test
    void aBackendThatHasBlobsIsMissedWhenItIsNotConfigured() {
        database.ledger.bindVolume("local", UUID.randomUUID()).block();
        database.ledger.bindVolume("second", UUID.randomUUID()).block();
        create(SERVICE_FOR_ALICE, "cold", "second");
        assertThat(missed(List.of("local"))).isEmpty();

        uploading.put(ALICE, "cold", "one");

        assertThat(missed(List.of("local"))).containsExactly("second");
        assertThat(missed(List.of("local", "second"))).isEmpty();
    }

    private List<String> missed(List<String> configured) {
        return database.ledger.missedBackends(configured).block();
    }

    private Bucket create(RlsContext caller, String name, String backend) {
        return database.buckets
                .create(caller, new NewBucket(name, name, BucketPolicy.PRIVATE, List.of(), null, backend, null))
                .block();
    }

    private Bucket change(RlsContext caller, String bucket, String backend) {
        return ((Answer.Given<Bucket>) database.buckets
                        .update(caller, bucket, new BucketChange(null, null, null, backend, null))
                        .block())
                .value();
    }

    private static void assertDenied(Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.BACKEND_DENIED));
    }
}
