package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.ANON;
import static io.aerodb.storage.metadata.Callers.BOB;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.aerodb.storage.metadata.UploadDecision.Reason;
import io.aerodb.storage.metadata.UploadDecision.Refused;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ObjectRepositoryTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);

    @Test
    void anUploadBecomesAnObjectWithTheFactsOfItsBlob() {
        uploading.bucket(ALICE, "facts", BucketPolicy.PRIVATE);
        StorageObject stored = uploading.put(ALICE, "facts", "a/b.txt");
        assertThat(stored.path()).isEqualTo("a/b.txt");
        assertThat(stored.bucket()).isEqualTo("facts");
        assertThat(stored.ownerId()).isEqualTo("alice");
        assertThat(stored.size()).isEqualTo(3);
        assertThat(stored.checksum()).isEqualTo(Uploading.SHA256);
        assertThat(stored.etag()).isEqualTo("\"" + stored.version() + "\"");
        assertThat(stored.blobKey()).matches("facts/[0-9a-f]{2}/[0-9a-f-]{36}~b\\.txt");
        assertThat(stateOf(stored.blobKey())).isEqualTo("live");
        assertThat(lastEventOf(stored)).isEqualTo("storage.object.created");
    }

    @Test
    void anOverwriteKeepsIdAndOwnerAndTurnsTheOldBlobIntoGarbage() {
        uploading.bucket(ALICE, "over", BucketPolicy.AUTHENTICATED);
        StorageObject first = uploading.put(BOB, "over", "x");
        StorageObject second = uploading.put(ALICE, "over", "x");
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.ownerId()).isEqualTo("bob");
        assertThat(second.etag()).isNotEqualTo(first.etag());
        assertThat(stateOf(first.blobKey())).isEqualTo("garbage");
        assertThat(stateOf(second.blobKey())).isEqualTo("live");
        assertThat(lastEventOf(second)).isEqualTo("storage.object.updated");
    }

    @Test
    void aDeleteTurnsTheBlobIntoGarbageThatStaysForItsGraceTime() {
        uploading.bucket(ALICE, "del", BucketPolicy.PRIVATE);
        StorageObject stored = uploading.put(ALICE, "del", "x");
        assertThat(database.objects
                        .delete(ALICE, "del", "x", WriteRule.OVERWRITE)
                        .block())
                .isEmpty();
        assertThat(stateOf(stored.blobKey())).isEqualTo("garbage");
        assertThat(database.value("SELECT not_before > now() + interval '23 hours' FROM storage.blobs WHERE key = '%s'"
                        .formatted(stored.blobKey())))
                .isEqualTo("t");
        assertThat(lastEventOf(stored)).isEqualTo("storage.object.deleted");
    }

    @Test
    void aRefusedUploadLeavesNoLedgerRow() {
        uploading.bucket(ALICE, "refuse", BucketPolicy.PRIVATE);
        UploadDecision decision = uploading.begin(BOB, "refuse", "x", WriteRule.OVERWRITE);
        assertThat(decision).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.DENIED);
            assertThat(refused.operation()).isEqualTo("insert");
        });
        assertThat(database.value("SELECT count(*) FROM storage.blobs WHERE bucket_id = 'refuse'"))
                .isEqualTo("0");
    }

    @Test
    void createOnlyRefusesAnObjectThatExistsAtBeginAndAtCommit() {
        uploading.bucket(ALICE, "create", BucketPolicy.PRIVATE);
        Permitted slow = (Permitted) uploading.begin(ALICE, "create", "x", WriteRule.CREATE);
        StorageObject winner = uploading.put(ALICE, "create", "x");
        assertThat(uploading.begin(ALICE, "create", "x", WriteRule.CREATE))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.EXISTS));
        assertThat(kindOf(uploading.commit(ALICE, slow, "x", WriteRule.CREATE))).isEqualTo(Kind.EXISTS);
        assertThat(found("create", "x").version()).isEqualTo(winner.version());
        assertThat(stateOf(slow.blobKey())).isEqualTo("writing");
    }

    @Test
    void aVersionThatChangedMeanwhileFailsThePreconditionAtCommit() {
        uploading.bucket(ALICE, "match", BucketPolicy.PRIVATE);
        StorageObject first = uploading.put(ALICE, "match", "x");
        WriteRule rule = WriteRule.match(Set.of(first.etag()));
        Permitted slow = (Permitted) uploading.begin(ALICE, "match", "x", rule);
        uploading.put(ALICE, "match", "x");
        assertThat(kindOf(uploading.commit(ALICE, slow, "x", rule))).isEqualTo(Kind.PRECONDITION);
        assertThat(uploading.begin(ALICE, "match", "x", rule))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Reason.PRECONDITION));
        assertThat(uploading.begin(ALICE, "match", "none", WriteRule.EXISTS)).isInstanceOf(Refused.class);
    }

    @Test
    void aBucketsLimitsHoldBeforeTheBodyAndAtCommit() {
        database.buckets
                .create(
                        ALICE,
                        new NewBucket(
                                "limits",
                                "limits",
                                BucketPolicy.PRIVATE,
                                List.of("image/*", "Text/Plain"),
                                10L,
                                null,
                                null))
                .block();
        assertThat(refusal("limits", "application/json", 3)).isEqualTo(Reason.TYPE);
        assertThat(refusal("limits", "image/png; q=1", 11)).isEqualTo(Reason.SIZE);
        Permitted permitted = (Permitted) uploading.begin(ALICE, "limits", "x", WriteRule.OVERWRITE);
        database.admin("UPDATE storage.buckets SET max_file_size = 2 WHERE id = 'limits'");
        assertThat(uploading.commit(ALICE, permitted, "x", WriteRule.OVERWRITE))
                .isInstanceOfSatisfying(RolledBack.class, outcome -> {
                    assertThat(outcome.reason().kind()).isEqualTo(Kind.SIZE);
                    assertThat(outcome.reason().limit()).isEqualTo(2);
                });
    }

    @Test
    void aBlobThatWasAbandonedCanNotBeCommitted() {
        uploading.bucket(ALICE, "swept", BucketPolicy.PRIVATE);
        Permitted permitted = (Permitted) uploading.begin(ALICE, "swept", "x", WriteRule.OVERWRITE);
        assertThat(database.ledger.abandon(permitted.blobKey()).block()).isTrue();
        assertThat(kindOf(uploading.commit(ALICE, permitted, "x", WriteRule.OVERWRITE)))
                .isEqualTo(Kind.SWEPT);
        database.ledger.forget(permitted.blobKey()).block();
        assertThat(stateOf(permitted.blobKey())).isEmpty();
    }

    @Test
    void aCommittedBlobCanNotBeAbandonedOrForgotten() {
        uploading.bucket(ALICE, "kept", BucketPolicy.PRIVATE);
        StorageObject stored = uploading.put(ALICE, "kept", "x");
        assertThat(database.ledger.abandon(stored.blobKey()).block()).isFalse();
        database.ledger.forget(stored.blobKey()).block();
        assertThat(stateOf(stored.blobKey())).isEqualTo("live");
    }

    @Test
    void aPolicyThatChangesDuringTheUploadCountsAtCommit() {
        uploading.bucket(ALICE, "change", BucketPolicy.AUTHENTICATED);
        Permitted permitted = (Permitted) uploading.begin(BOB, "change", "x", WriteRule.OVERWRITE);
        database.admin("UPDATE storage.buckets SET policy = 'private' WHERE id = 'change'");
        assertThat(kindOf(uploading.commit(BOB, permitted, "x", WriteRule.OVERWRITE)))
                .isEqualTo(Kind.DENIED);
    }

    @Test
    void aBucketThatIsDeletedDuringTheUploadCountsAtCommit() {
        uploading.bucket(ALICE, "gone", BucketPolicy.PRIVATE);
        Permitted permitted = (Permitted) uploading.begin(ALICE, "gone", "x", WriteRule.OVERWRITE);
        assertThat(database.buckets.delete(ALICE, "gone").block()).isEmpty();
        assertThat(kindOf(uploading.commit(ALICE, permitted, "x", WriteRule.OVERWRITE)))
                .isEqualTo(Kind.REFERENCED);
    }

    @Test
    void aRefusedWriteDoesNotTellWhetherTheObjectExists() {
        uploading.bucket(ALICE, "oracle", BucketPolicy.PRIVATE);
        uploading.put(ALICE, "oracle", "x");
        Refused existing = (Refused) uploading.begin(BOB, "oracle", "x", WriteRule.OVERWRITE);
        assertThat(existing).isEqualTo(uploading.begin(BOB, "oracle", "none", WriteRule.OVERWRITE));
    }

    @Test
    void missingAndHiddenLookTheSameToThoseWhoDoNotSeeTheBucket() {
        uploading.bucket(ALICE, "hidden", BucketPolicy.PRIVATE);
        uploading.bucket(ALICE, "open", BucketPolicy.PUBLIC);
        uploading.put(ALICE, "hidden", "x");
        assertThat(absence(BOB, "hidden", "x")).isEqualTo(Absence.DENIED);
        assertThat(absence(BOB, "hidden", "none")).isEqualTo(Absence.DENIED);
        assertThat(absence(ALICE, "hidden", "none")).isEqualTo(Absence.MISSING);
        assertThat(absence(ANON, "open", "none")).isEqualTo(Absence.MISSING);
        assertThat(absence(ANON, "nowhere", "x")).isEqualTo(Absence.DENIED);
        assertThat(absence(BOB, "nowhere", "x")).isEqualTo(Absence.NO_BUCKET);
        assertThat(database.objects
                        .delete(BOB, "hidden", "x", WriteRule.OVERWRITE)
                        .block())
                .isEqualTo(Optional.of(new Refusal(Absence.DENIED, null)));
        assertThat(database.objects
                        .delete(BOB, "open", "none", WriteRule.OVERWRITE)
                        .block())
                .isEqualTo(Optional.of(new Refusal(Absence.MISSING, null)));
    }

    @Test
    void theServiceRoleDoesEverythingAndOwnsNothing() {
        uploading.bucket(SERVICE, "service", BucketPolicy.PRIVATE);
        StorageObject stored = uploading.put(SERVICE, "service", "x");
        assertThat(stored.ownerId()).isNull();
        assertThat(database.objects
                        .delete(SERVICE, "service", "x", WriteRule.OVERWRITE)
                        .block())
                .isEmpty();
    }

    @Test
    void personalFilesLieBelowAFolderNamedLikeTheirOwner() {
        uploading.bucket(ALICE, "personal", BucketPolicy.PERSONAL);
        assertThat(uploading.put(BOB, "personal", "bob/x").ownerId()).isEqualTo("bob");
        assertThat(uploading.begin(BOB, "personal", "carol/x", WriteRule.OVERWRITE))
                .isInstanceOf(Refused.class);
        assertThat(uploading.begin(BOB, "personal", "bob", WriteRule.OVERWRITE)).isInstanceOf(Refused.class);
        assertThat(uploading.begin(ALICE, "personal", "bob/x", WriteRule.OVERWRITE))
                .isInstanceOf(Refused.class);
        assertThat(absence(Callers.CAROL, "personal", "bob/x")).isEqualTo(Absence.DENIED);
        assertThat(database.objects.find(ALICE, "personal", "bob/x", false).block())
                .isInstanceOf(Answer.Given.class);
    }

    private static Reason refusal(String bucket, String contentType, long size) {
        UploadIntent intent =
                new UploadIntent(bucket, "x", "local", contentType, OptionalLong.of(size), WriteRule.OVERWRITE, null);
        return ((Refused) database.objects.begin(ALICE, intent).block()).reason();
    }

    private static Absence absence(RlsContext caller, String bucket, String path) {
        return ((Answer.NotGiven<FoundObject>)
                        database.objects.find(caller, bucket, path, false).block())
                .absence();
    }

    private static StorageObject found(String bucket, String path) {
        return ((Answer.Given<FoundObject>)
                        database.objects.find(SERVICE, bucket, path, false).block())
                .value()
                .object();
    }

    private static Kind kindOf(CommitOutcome outcome) {
        assertThat(outcome).isNotInstanceOf(Committed.class);
        return ((RolledBack) outcome).reason().kind();
    }

    private static String stateOf(String blobKey) {
        return database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(blobKey));
    }

    private static String lastEventOf(StorageObject object) {
        return database.value("SELECT type FROM storage.events WHERE object_id = '%s' ORDER BY id DESC LIMIT 1"
                .formatted(object.id()));
    }
}
