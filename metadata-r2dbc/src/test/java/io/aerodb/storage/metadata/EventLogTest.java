package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.EventLog.Kept;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of events, what is kept of them, and who is told of which. */
class EventLogTest {

    private final TestDatabase database = new TestDatabase();
    private final Uploading uploading = new Uploading(database);
    private final EventLog log = new EventLog(database.executor);
    private final String bucket = TestDatabase.unique("events");

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatWaitsForALockIsNumberedBehindWhatItWaitedForThoughItsTransactionIsOlder() throws SQLException {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "a");
        try (Connection older = transaction();
                Connection younger = transaction()) {
            run(older, "SELECT pg_current_xact_id()");
            run(younger, "UPDATE storage.objects SET content_type = 'text/younger'");
            younger.commit();
            run(older, "UPDATE storage.objects SET content_type = 'text/older'");
            older.commit();
        }
        number();

        assertThat(told())
                .extracting(StorageEvent::contentType)
                .filteredOn(Objects::nonNull)
                .containsExactly("text/plain", "text/younger", "text/older");
        assertThat(told()).extracting(StorageEvent::sequence).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void whatIsNotCommittedHoldsNothingUpAndGetsALaterNumber() throws SQLException {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "slow");
        uploading.put(Callers.ALICE, bucket, "fast");
        try (Connection open = transaction()) {
            run(open, "UPDATE storage.objects SET content_type = 'text/slow' WHERE name = 'slow'");
            database.admin("UPDATE storage.objects SET content_type = 'text/fast' WHERE name = 'fast'");
            number();
            assertThat(told().get(3).contentType()).isEqualTo("text/fast");
            open.commit();
        }
        number();

        assertThat(told().get(4).contentType()).isEqualTo("text/slow");
    }

    @Test
    void whatIsRolledBackLeavesNoEvent() throws SQLException {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "a");
        try (Connection undone = transaction()) {
            run(undone, "UPDATE storage.objects SET content_type = 'text/undone'");
            run(undone, "DELETE FROM storage.objects");
            undone.rollback();
        }
        number();

        assertThat(told())
                .extracting(StorageEvent::type)
                .containsExactly("storage.bucket.created", "storage.object.created");
    }

    @Test
    void numbersGoOnAfterAllEventsHaveExpired() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "a");
        number();
        assertThat(log.kept().block()).isEqualTo(new Kept(1, 2));

        assertThat(log.expire(Duration.ofHours(1), 10).block()).isZero();
        assertThat(log.expire(Duration.ZERO, 1).block()).isEqualTo(1);
        assertThat(log.kept().block()).isEqualTo(new Kept(2, 2));
        assertThat(log.expire(Duration.ZERO, 10).block()).isEqualTo(1);
        assertThat(log.kept().block()).isEqualTo(new Kept(3, 2));
        uploading.put(Callers.ALICE, bucket, "b");
        number();

        assertThat(told()).extracting(StorageEvent::sequence).containsExactly(3L);
    }

    @Test
    void whatExpiresIsTheBeginningOfTheLogAndLeavesNoHoles() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "a");
        uploading.put(Callers.ALICE, bucket, "b");
        number();
        database.admin("UPDATE storage.events SET created_at = now() - interval '2 hours' WHERE sequence <> 2");

        assertThat(log.expire(Duration.ofHours(1), 10).block()).isEqualTo(1);
        assertThat(told()).extracting(StorageEvent::sequence).containsExactly(2L, 3L);
    }

    @Test
    void aPrivateObjectIsToldToItsOwnerTheBucketsOwnerAndTheService() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "a");
        number();

        assertThat(visibleTo(Callers.ALICE)).containsExactly(1L, 2L);
        assertThat(visibleTo(Callers.SERVICE)).containsExactly(1L, 2L);
        assertThat(visibleTo(Callers.BOB)).isEmpty();
        assertThat(visibleTo(Callers.ANON)).isEmpty();
    }

    @Test
    void deletionsInAPublicBucketAreToldToEverybodyAlsoWhenTheBucketIsGone() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PUBLIC);
        uploading.put(Callers.ALICE, bucket, "a");
        database.objects.delete(Callers.ALICE, bucket, "a", WriteRule.OVERWRITE).block();
        database.buckets.delete(Callers.ALICE, bucket).block();
        number();

        assertThat(visibleTo(Callers.ANON)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(visibleTo(Callers.BOB)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void whatBecamePrivateIsNotToldToOthersAnyMore() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PUBLIC);
        uploading.put(Callers.ALICE, bucket, "a");
        database.objects.delete(Callers.ALICE, bucket, "a", WriteRule.OVERWRITE).block();
        database.admin("UPDATE storage.buckets SET policy = 'private'");
        number();

        assertThat(visibleTo(Callers.BOB)).isEmpty();
        assertThat(visibleTo(Callers.ALICE)).hasSize(4);
    }

    @Test
    void whatWasInAPrivateBucketIsNotToldToThoseWhoReadALaterOneWithItsId() {
        String insert =
                "INSERT INTO storage.buckets (id, name, owner_id, policy) VALUES ('%1$s', '%1$s', 'alice', '%2$s')";
        database.admin(insert.formatted(bucket, "private"));
        uploading.put(Callers.ALICE, bucket, "secret");
        database.objects
                .delete(Callers.ALICE, bucket, "secret", WriteRule.OVERWRITE)
                .block();
        database.buckets.delete(Callers.ALICE, bucket).block();
        database.admin(insert.formatted(bucket, "public"));
        number();

        assertThat(visibleTo(Callers.ALICE)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(visibleTo(Callers.BOB)).containsExactly(5L);
        assertThat(visibleTo(Callers.ANON)).containsExactly(5L);
    }

    @Test
    void whatHappenedWhileABucketWasPrivateIsNotToldWhenItIsPublic() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, bucket, "gone");
        uploading.put(Callers.ALICE, bucket, "secret-name");
        database.objects
                .delete(Callers.ALICE, bucket, "gone", WriteRule.OVERWRITE)
                .block();
        database.changes
                .move(Callers.ALICE, new Relocation(bucket, "secret-name", bucket, "open"))
                .block();
        database.admin("UPDATE storage.buckets SET policy = 'public'");
        uploading.put(Callers.ALICE, bucket, "later");
        database.objects
                .delete(Callers.ALICE, bucket, "later", WriteRule.OVERWRITE)
                .block();
        number();

        assertThat(visible(Callers.ANON)).isEqualTo(Map.of(1L, false, 5L, false, 6L, false, 7L, false, 8L, false));
        assertThat(visibleTo(Callers.ALICE)).hasSize(8);
        assertThat(visible(Callers.ALICE)).containsEntry(5L, true);
    }

    @Test
    void whereAnObjectWasIsNotToldToThoseWhoReadALaterBucketWithThatId() {
        String other = TestDatabase.unique("public");
        String insert =
                "INSERT INTO storage.buckets (id, name, owner_id, policy) VALUES ('%1$s', '%1$s', '%2$s', 'private')";
        database.admin(insert.formatted(bucket, "alice"));
        uploading.bucket(Callers.ALICE, other, BucketPolicy.PUBLIC);
        uploading.put(Callers.ALICE, bucket, "secret");
        database.changes
                .move(Callers.ALICE, new Relocation(bucket, "secret", other, "open"))
                .block();
        database.buckets.delete(Callers.ALICE, bucket).block();
        database.admin(insert.formatted(bucket, "bob"));
        number();

        assertThat(visible(Callers.BOB)).containsEntry(4L, false);
    }

    @Test
    void policiesOnObjectsNarrowAndPoliciesOnEventsWiden() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PUBLIC);
        uploading.put(Callers.ALICE, bucket, "hidden");
        uploading.put(Callers.ALICE, bucket, "shown");
        database.admin(
                "CREATE POLICY narrow ON storage.objects AS RESTRICTIVE FOR SELECT TO anon USING (name <> 'hidden')");
        number();
        assertThat(visibleTo(Callers.ANON)).containsExactly(1L, 3L);

        String other = TestDatabase.unique("private");
        uploading.bucket(Callers.ALICE, other, BucketPolicy.PRIVATE);
        uploading.put(Callers.ALICE, other, "x");
        database.objects.delete(Callers.ALICE, other, "x", WriteRule.OVERWRITE).block();
        database.admin("CREATE POLICY widen ON storage.events FOR SELECT TO authenticated"
                + " USING (type = 'storage.object.deleted')");
        number();
        assertThat(visibleTo(Callers.BOB)).containsExactly(1L, 2L, 3L, 6L);
    }

    @Test
    void whereAMovedObjectWasIsToldToThoseOnlyWhoMaySeeIt() {
        String other = TestDatabase.unique("public");
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.bucket(Callers.ALICE, other, BucketPolicy.PUBLIC);
        uploading.put(Callers.ALICE, bucket, "secret");
        database.changes
                .move(Callers.ALICE, new Relocation(bucket, "secret", other, "open"))
                .block();
        number();

        StorageEvent moved = told().get(3);
        assertThat(moved.type()).isEqualTo("storage.object.moved");
        assertThat(moved.oldBucketId()).isNotNull();
        assertThat(moved.oldBucket()).isEqualTo(bucket);
        assertThat(moved.oldPath()).isEqualTo("secret");
        assertThat(visible(Callers.ALICE)).containsEntry(4L, true);
        assertThat(visible(Callers.BOB)).containsEntry(4L, false);
        assertThat(visible(Callers.BOB)).doesNotContainKey(3L);
    }

    private void number() {
        assertThat(Objects.requireNonNull(log.number(1000).block()).more()).isFalse();
    }

    private List<StorageEvent> told() {
        return Objects.requireNonNull(log.after(0, 100).block());
    }

    private List<Long> visibleTo(RlsContext caller) {
        return visible(caller).keySet().stream().sorted().toList();
    }

    private Map<Long, Boolean> visible(RlsContext caller) {
        List<Long> all = told().stream().map(StorageEvent::sequence).toList();
        return Objects.requireNonNull(log.visible(caller, all).block());
    }

    private Connection transaction() throws SQLException {
        Connection connection = database.connectAsAdmin();
        connection.setAutoCommit(false);
        return connection;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
