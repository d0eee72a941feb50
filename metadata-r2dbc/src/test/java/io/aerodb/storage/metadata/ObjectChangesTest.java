package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.ANON;
import static io.aerodb.storage.metadata.Callers.BOB;
import static io.aerodb.storage.metadata.Callers.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.Relocation.Replacement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Copies, moves and removals of many, and what they leave in the ledger and the event log. */
class ObjectChangesTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);

    private final String one = "one-" + UUID.randomUUID();
    private final String two = "two-" + UUID.randomUUID();

    @BeforeEach
    void makeBuckets() {
        uploading.bucket(ALICE, one, BucketPolicy.AUTHENTICATED);
        uploading.bucket(ALICE, two, BucketPolicy.AUTHENTICATED);
    }

    @Test
    void aRenameKeepsEverythingButTheName() {
        StorageObject before = uploading.put(BOB, one, "a");
        StorageObject after = moved(BOB, new Relocation(one, "a", one, "b/c"));
        assertThat(after.path()).isEqualTo("b/c");
        assertThat(List.of(after.id(), after.version(), after.blobKey(), after.ownerId()))
                .isEqualTo(List.of(before.id(), before.version(), before.blobKey(), before.ownerId()));
        assertThat(events(before)).isEqualTo("created,moved");
    }

    @Test
    void aMoveToAnotherBucketKeepsIdOwnerBlobAndVersionAndIsOneEvent() {
        StorageObject before = uploading.put(BOB, one, "a");
        StorageObject after = moved(BOB, new Relocation(one, "a", two, "b"));
        assertThat(after.bucket()).isEqualTo(two);
        assertThat(List.of(after.id(), after.version(), after.blobKey(), after.ownerId(), after.createdAt()))
                .isEqualTo(
                        List.of(before.id(), before.version(), before.blobKey(), before.ownerId(), before.createdAt()));
        assertThat(events(before)).isEqualTo("created,moved");
        assertThat(stateOf(before.blobKey())).isEqualTo("live");
        assertThat(database.value("SELECT count(*) FROM storage_private.moves")).isEqualTo("0");
    }

    /** Its blob is of just this bucket, name and caller again, as that of an upload that ends is. */
    @Test
    void anObjectThatComesBackIsNoNewOne() {
        StorageObject before = uploading.put(BOB, one, "a");
        copied(
                BOB,
                new Relocation(one, "a", one, "a"),
                WriteRule.OVERWRITE,
                new Replacement("image/png", null, null, null));
        StorageObject away = moved(BOB, new Relocation(one, "a", two, "a"));

        StorageObject back = moved(BOB, new Relocation(two, "a", one, "a"));

        assertThat(List.of(back.id(), back.version(), back.createdAt()))
                .isEqualTo(List.of(before.id(), away.version(), before.createdAt()));
        assertThat(back.version()).isNotEqualTo(before.version());
        assertThat(events(before)).isEqualTo("created,updated,moved,moved");
    }

    @Test
    void theBucketsOwnerMovesWhatOthersOwnAndItStaysTheirs() {
        uploading.put(BOB, one, "a");
        assertThat(moved(ALICE, new Relocation(one, "a", two, "a")).ownerId()).isEqualTo("bob");
    }

    @Test
    void aMoveNeedsRightsAtBothEnds() {
        uploading.put(ALICE, one, "a");
        uploading.bucket(CAROL, "carols-" + one, BucketPolicy.PRIVATE);
        assertDenied("update", BOB, new Relocation(one, "a", one, "b"));
        assertDenied("delete", BOB, new Relocation(one, "a", two, "a"));
        assertDenied("insert", ALICE, new Relocation(one, "a", "carols-" + one, "a"));
        assertThat(names(one)).isEqualTo("a");
        assertThat(database.value("SELECT count(*) FROM storage_private.moves")).isEqualTo("0");
    }

    @Test
    void aMoveOntoAnExistingObjectIsRefusedAndChangesNothing() {
        uploading.put(ALICE, one, "a");
        uploading.put(ALICE, one, "b");
        uploading.put(ALICE, two, "b");
        assertFails(Kind.EXISTS, ALICE, new Relocation(one, "a", one, "b"));
        assertFails(Kind.EXISTS, ALICE, new Relocation(one, "a", two, "b"));
        assertThat(names(one)).isEqualTo("a,b");
    }

    @Test
    void thousandsOfDeletedObjectsDoNotTellMoreMetadataThanOneMayHave() {
        String half = "{\"a\":\"" + "x".repeat(600_000) + "\"}";
        uploading.put(ALICE, one, "source");
        for (String name : List.of("a", "b")) {
            copied(
                    ALICE,
                    new Relocation(one, "source", one, name),
                    WriteRule.CREATE,
                    new Replacement(null, null, null, half));
        }
        List<StorageObject> deleted = ((Answer.Given<List<StorageObject>>)
                        database.changes.delete(ALICE, one, List.of("a", "b")).block())
                .value();

        assertThat(deleted).extracting(StorageObject::path).containsExactly("a", "b");
        assertThat(deleted).extracting(StorageObject::metadata).containsOnlyOnce((String) null);
    }

    @Test
    void aCopyIsASecondObjectOfTheCallerWithTheSameBlob() {
        StorageObject source = uploading.put(ALICE, one, "a");
        StorageObject copy = copied(BOB, new Relocation(one, "a", two, "b"), WriteRule.CREATE, Replacement.NOTHING);
        assertThat(copy.blobKey()).isEqualTo(source.blobKey());
        assertThat(copy.checksum()).isEqualTo(source.checksum());
        assertThat(copy.ownerId()).isEqualTo("bob");
        assertThat(copy.id()).isNotEqualTo(source.id());
        assertThat(copy.etag()).isNotEqualTo(source.etag());
    }

    @Test
    void theBlobOfACopyStaysUntilTheLastObjectIsGone() {
        StorageObject source = uploading.put(ALICE, one, "a");
        copied(ALICE, new Relocation(one, "a", one, "b"), WriteRule.CREATE, Replacement.NOTHING);
        database.objects.delete(ALICE, one, "a", WriteRule.OVERWRITE).block();
        assertThat(stateOf(source.blobKey())).isEqualTo("live");
        database.objects.delete(ALICE, one, "b", WriteRule.OVERWRITE).block();
        assertThat(stateOf(source.blobKey())).isEqualTo("garbage");
    }

    @Test
    void aCopyOntoItselfChangesTheMetadataAndTheVersion() {
        StorageObject before = uploading.put(ALICE, one, "a");
        StorageObject after = copied(
                ALICE,
                new Relocation(one, "a", one, "a"),
                WriteRule.OVERWRITE,
                new Replacement(null, "max-age=60", null, "{\"k\":1}"));
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.contentType()).isEqualTo("text/plain");
        assertThat(after.cacheControl()).isEqualTo("max-age=60");
        assertThat(after.metadata()).isEqualTo("{\"k\": 1}");
        assertThat(after.etag()).isNotEqualTo(before.etag());
        assertThat(stateOf(before.blobKey())).isEqualTo("live");
    }

    @Test
    void aCopyNeedsTheRightToReadAndRefusesAnExistingTarget() {
        String hidden = "hidden-" + one;
        uploading.bucket(CAROL, hidden, BucketPolicy.PRIVATE);
        uploading.put(CAROL, hidden, "secret");
        uploading.put(ALICE, one, "a");
        uploading.put(ALICE, one, "b");
        assertThat(database.changes
                        .copy(BOB, new Relocation(hidden, "secret", one, "x"), WriteRule.CREATE, Replacement.NOTHING)
                        .block())
                .isEqualTo(new Relocated.NotDone(new Refusal(Absence.DENIED, null), "select"));
        assertThatThrownBy(
                        () -> copied(ALICE, new Relocation(one, "a", one, "b"), WriteRule.CREATE, Replacement.NOTHING))
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.EXISTS));
    }

    @Test
    void onlyWhatMayBeDeletedIsDeletedAndTold() {
        uploading.put(ALICE, one, "a");
        uploading.put(BOB, one, "b");
        Answer<List<StorageObject>> answer = database.changes
                .delete(BOB, one, List.of("a", "b", "none", "b"))
                .block();
        assertThat(((Answer.Given<List<StorageObject>>) answer).value())
                .extracting(StorageObject::path)
                .containsExactly("b");
        assertThat(names(one)).isEqualTo("a");
    }

    @Test
    void withoutATokenNothingDeletedIsDenied() {
        uploading.put(ALICE, one, "a");
        for (String bucket : List.of(one, "no-such-" + one)) {
            assertThat(database.changes.delete(ANON, bucket, List.of("a")).block())
                    .isEqualTo(new Answer.NotGiven<>(Absence.DENIED));
        }
    }

    @Test
    void aFolderWhoseNamesWouldBecomeTooLongDoesNotMoveAtAll() {
        uploading.put(ALICE, one, "f/1");
        uploading.put(ALICE, one, "f/" + "x".repeat(1000));
        assertThatThrownBy(() -> database.changes
                        .movePrefix(ALICE, one, "f/", "y".repeat(30) + "/")
                        .block())
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.INVALID));
        assertThat(names(one)).isEqualTo("f/1,f/" + "x".repeat(1000));
    }

    @Test
    void aFolderIsRenamedAsFarAsTheCallerMay() {
        for (String name : List.of("f/1", "f/2/x", "fx", "g")) {
            uploading.put(ALICE, one, name);
        }
        uploading.put(BOB, one, "f/bobs");
        assertThat(database.changes.movePrefix(BOB, one, "f/", "h/").block())
                .isEqualTo(new Answer.Given<>(new BulkChange(1, 2)));
        assertThat(database.changes.movePrefix(ALICE, one, "f/", "h/").block())
                .isEqualTo(new Answer.Given<>(new BulkChange(2, 0)));
        assertThat(names(one)).isEqualTo("fx,g,h/1,h/2/x,h/bobs");
        assertThat(database.changes.deletePrefix(ALICE, one, "h/").block())
                .isEqualTo(new Answer.Given<>(new BulkChange(3, 0)));
        assertThat(database.value("SELECT count(*) FROM storage.blobs WHERE state = 'garbage' AND bucket_id = '%s'"
                        .formatted(one)))
                .isEqualTo("3");
    }

    @Test
    void aFolderThatWouldOverwriteSomethingDoesNotMoveAtAll() {
        for (String name : List.of("f/1", "f/2", "h/2")) {
            uploading.put(ALICE, one, name);
        }
        assertThatThrownBy(() ->
                        database.changes.movePrefix(ALICE, one, "f/", "h/").block())
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(Kind.EXISTS));
        assertThat(names(one)).isEqualTo("f/1,f/2,h/2");
    }

    @Test
    void aBucketIsEmptiedByItsOwnerOnly() {
        for (String name : List.of("a", "b", "c")) {
            uploading.put(BOB, one, name);
        }
        assertThat(database.buckets.empty(BOB, one, 2).block()).isEqualTo(new Answer.NotGiven<>(Absence.DENIED));
        assertThat(database.buckets.empty(ALICE, one, 2).block()).isEqualTo(new Answer.Given<>(2L));
        assertThat(database.buckets.empty(ALICE, one, 2).block()).isEqualTo(new Answer.Given<>(1L));
        assertThat(names(one)).isEmpty();
    }

    @Test
    void aBucketsChangesNameWhatTheyChange() {
        BucketChange change = new BucketChange("private", List.of("image/*"), 10L, null, null);
        assertThat(database.buckets.update(BOB, one, change).block()).isEqualTo(new Answer.NotGiven<>(Absence.DENIED));
        Bucket changed = updated(change);
        assertThat(changed.policy()).isEqualTo(BucketPolicy.PRIVATE);
        assertThat(changed.maxFileSize()).isEqualTo(10);
        Bucket again = updated(new BucketChange(BucketChange.NOT_PUBLIC, null, BucketChange.NO_LIMIT, null, null));
        assertThat(again.policy()).isEqualTo(BucketPolicy.PRIVATE);
        assertThat(again.allowedMimeTypes()).containsExactly("image/*");
        assertThat(again.maxFileSize()).isNull();
    }

    private Bucket updated(BucketChange change) {
        return ((Answer.Given<Bucket>)
                        database.buckets.update(ALICE, one, change).block())
                .value();
    }

    private static StorageObject moved(RlsContext caller, Relocation way) {
        return ((Relocated.Done) database.changes.move(caller, way).block()).object();
    }

    private static StorageObject copied(RlsContext caller, Relocation way, WriteRule rule, Replacement replacement) {
        return ((Relocated.Done)
                        database.changes.copy(caller, way, rule, replacement).block())
                .object();
    }

    private static void assertDenied(String right, RlsContext caller, Relocation way) {
        assertThat(database.changes.move(caller, way).block())
                .isInstanceOfSatisfying(Relocated.NotDone.class, denied -> {
                    assertThat(denied.refusal().absence()).isEqualTo(Absence.DENIED);
                    assertThat(denied.right()).isEqualTo(right);
                });
    }

    private static void assertFails(Kind kind, RlsContext caller, Relocation way) {
        assertThatThrownBy(() -> database.changes.move(caller, way).block())
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(kind));
    }

    private static String names(String bucket) {
        String names =
                database.value("SELECT string_agg(name, ',' ORDER BY name) FROM storage.objects WHERE bucket_id = '%s'"
                        .formatted(bucket));
        return names.equals("null") ? "" : names;
    }

    private static String events(StorageObject object) {
        return database.value(
                "SELECT string_agg(replace(type, 'storage.object.', ''), ',' ORDER BY id) FROM storage.events"
                        + " WHERE object_id = '%s'".formatted(object.id()));
    }

    private static String stateOf(String blobKey) {
        return database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(blobKey));
    }
}
