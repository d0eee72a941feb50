package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.metadata.BlobSwitch.Outcome;
import io.aerodb.storage.metadata.Migration.State;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationTest {

    private static final Set<String> TARGETS = Set.of("local", "second", "third");
    private static final Duration LEASE = Duration.ofSeconds(30);

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);
    private String bucket = "";

    @BeforeEach
    void aBucket() {
        bucket = TestDatabase.unique("moving");
        uploading.bucket(ALICE, bucket, BucketPolicy.PRIVATE);
        database.ledger.beat(database.instance, "test", Duration.ofMinutes(1)).block();
    }

    @AfterEach
    void everyLiveBlobHasARowAndEveryRowALiveBlob() {
        database.migrations.list(1000, 0).block().forEach(job -> database.migrations
                .cancel(job.id())
                .block());
        assertThat(database.value("""
                SELECT count(*) FROM storage.blobs b FULL JOIN storage.objects o ON o.blob_key = b.key
                WHERE (b.state = 'live') IS DISTINCT FROM (o.id IS NOT NULL)
                   OR (b.backend, b.size, b.sha256) IS DISTINCT FROM (o.backend, o.size, o.checksum) AND o.id IS NOT NULL""")).isEqualTo("0");
        assertThat(database.value("SELECT count(*) FROM storage_private.switches"))
                .isEqualTo("0");
    }

    @Test
    void movesEveryObjectAndChangesNothingThatClientsSee() {
        uploading.put(ALICE, bucket, "a");
        uploading.put(ALICE, bucket, "b");
        String before = seen();
        Migration job = started("second");
        assertThat(job.state()).isEqualTo(State.RUNNING);
        assertThat(job.counted()).isTrue();
        assertThat(List.of(job.totalObjects(), job.totalBytes())).containsExactly(2L, 6L);

        moveAll(job);

        Migration done = database.migrations.finish(job.id()).block();
        assertThat(done.state()).isEqualTo(State.DONE);
        assertThat(List.of(done.objects(), done.bytes(), done.failed())).containsExactly(2L, 6L, 0L);
        assertThat(done.finishedAt()).isNotNull();
        assertThat(seen()).isEqualTo(before);
        assertThat(backends()).isEqualTo("second");
        assertThat(blobs("local", "garbage")).isEqualTo("2");
        assertThat(database.value(
                        "SELECT count(*) FROM storage.blobs WHERE bucket_id = '%s' AND state = 'garbage' AND not_before > now() + interval '23 hours'"
                                .formatted(bucket)))
                .isEqualTo("2");
    }

    @Test
    void goesBackTheSameWay() {
        uploading.put(ALICE, bucket, "a");
        String before = seen();
        Migration there = started("second");
        moveAll(there);
        database.migrations.finish(there.id()).block();
        Migration back = started("local");
        moveAll(back);

        assertThat(database.migrations.finish(back.id()).block().state()).isEqualTo(State.DONE);
        assertThat(backends()).isEqualTo("local");
        assertThat(seen()).isEqualTo(before);
    }

    @Test
    void isDoneAtOnceWhereEverythingLiesAlready() {
        uploading.put(ALICE, bucket, "a");

        Migration job = started("local");

        assertThat(job.state()).isEqualTo(State.DONE);
        assertThat(job.totalObjects()).isZero();
    }

    @Test
    void isNotDoneAtOnceWhileAnUploadToAnotherBackendIsUnderWay() {
        uploading.begin(ALICE, bucket, "a", WriteRule.OVERWRITE);
        assertThat(started("second").state()).isEqualTo(State.RUNNING);
    }

    @Test
    void runsOncePerBucketAtATime() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");

        assertThat(start(bucket, "third")).isInstanceOf(MigrationStart.Running.class);
        database.migrations.cancel(job.id()).block();
        assertThat(start(bucket, "third")).isInstanceOf(MigrationStart.Started.class);
        assertThat(start("nothing", "third")).isInstanceOf(MigrationStart.NoBucket.class);
    }

    @Test
    void takesUploadsThatBeganBeforeIt() {
        Permitted early = (Permitted) uploading.begin(ALICE, bucket, "early", WriteRule.OVERWRITE);
        Migration job = started("second");
        claimed(job);
        assertThat(database.migrations.awaited(job.id()).block()).isEqualTo(1);

        uploading.commit(ALICE, early, "early", WriteRule.OVERWRITE);

        assertThat(database.migrations.awaited(job.id()).block()).isZero();
        moveAll(job);
        assertThat(backends()).isEqualTo("second");
    }

    @Test
    void waitsForUploadsOfAGatewayThatOnlyLooksDead() {
        Permitted early = (Permitted) uploading.begin(ALICE, bucket, "early", WriteRule.OVERWRITE);
        Migration job = started("second");
        claimed(job);
        database.admin("UPDATE storage.instances SET heartbeat_at = now() - interval '1 hour'");
        assertThat(database.migrations.awaited(job.id()).block()).isEqualTo(1);

        uploading.commit(ALICE, early, "early", WriteRule.OVERWRITE);

        moveAll(job);
        assertThat(backends()).isEqualTo("second");
    }

    @Test
    void doesNotWaitForUploadsThatWereSwept() {
        Permitted early = (Permitted) uploading.begin(ALICE, bucket, "early", WriteRule.OVERWRITE);
        Migration job = started("second");
        claimed(job);
        database.value("SELECT storage_private.sweep(ARRAY['%s'])".formatted(early.blobKey()));
        assertThat(database.migrations.awaited(job.id()).block()).isZero();
    }

    @Test
    void doesNotWaitForUploadsThatBeganTooLongAgo() {
        Permitted early = (Permitted) uploading.begin(ALICE, bucket, "early", WriteRule.OVERWRITE);
        Migration job = started("second");
        claimed(job);
        database.admin("UPDATE storage.blobs SET created_at = now() - interval '25 hours' WHERE key = '%s'"
                .formatted(early.blobKey()));
        assertThat(database.migrations.awaited(job.id()).block()).isZero();
    }

    @Test
    void waitsForTransactionsThatMayNotHaveSeenTheNewBackend() throws SQLException {
        try (var early = database.connectAsLogin()) {
            early.setAutoCommit(false);
            early.createStatement().execute("SELECT 1");
            Migration job = started("second");
            claimed(job);
            assertThat(database.migrations.awaited(job.id()).block()).isEqualTo(1);
            early.rollback();
            assertThat(database.migrations.awaited(job.id()).block()).isZero();
        }
    }

    @Test
    void movesABlobOnceForAllObjectsThatHaveIt() {
        StorageObject object = uploading.put(ALICE, bucket, "a");
        String other = TestDatabase.unique("other");
        uploading.bucket(ALICE, other, BucketPolicy.PRIVATE);
        copy(bucket, "a", bucket, "copy");
        copy(bucket, "a", other, "copy");
        Migration job = started("second");
        assertThat(job.totalObjects()).isEqualTo(2);

        moveAll(job);

        assertThat(database.value(
                        "SELECT count(*) || ' ' || count(DISTINCT blob_key) || ' ' || min(backend) || ' ' || max(backend)"
                                + " FROM storage.objects WHERE bucket_id IN ('%s', '%s')".formatted(bucket, other)))
                .isEqualTo("3 1 second second");
        assertThat(state(object.blobKey())).isEqualTo("garbage");
        assertThat(job(job).objects()).isEqualTo(2);
    }

    @Test
    void leavesWhatLiesWhereItsOwnBucketWantsIt() {
        StorageObject object = uploading.put(ALICE, bucket, "a");
        String other = TestDatabase.unique("settled");
        uploading.bucket(ALICE, other, BucketPolicy.PRIVATE);
        database.admin("UPDATE storage.buckets SET backend = 'local' WHERE id = '%s'".formatted(other));
        copy(bucket, "a", other, "copy");
        Migration job = started("second");

        moveAll(job);

        assertThat(database.value("SELECT backend FROM storage.objects WHERE bucket_id = '%s'".formatted(other)))
                .isEqualTo("local");
        assertThat(backends()).isEqualTo("second");
        assertThat(state(object.blobKey())).isEqualTo("live");
    }

    @Test
    void anObjectOverwrittenMeanwhileKeepsItsNewBytes() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String copy = database.migrations.begin(job.id(), blob).block();
        StorageObject newer = uploading.put(ALICE, bucket, "a");

        assertThat(switched(job, blob, copy)).isEqualTo(Outcome.UNREFERENCED);

        assertThat(database.value("SELECT blob_key FROM storage.objects WHERE bucket_id = '%s'".formatted(bucket)))
                .isEqualTo(newer.blobKey());
        assertThat(database.ledger.abandon(copy).block()).isTrue();
    }

    @Test
    void anObjectDeletedMeanwhileStaysDeleted() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String copy = database.migrations.begin(job.id(), blob).block();
        database.objects.delete(ALICE, bucket, "a", WriteRule.OVERWRITE).block();

        assertThat(switched(job, blob, copy)).isEqualTo(Outcome.UNREFERENCED);
        assertThat(database.migrations.begin(job.id(), blob).blockOptional()).isEmpty();
    }

    @Test
    void switchingTwiceIsSwitchingOnce() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String copy = database.migrations.begin(job.id(), blob).block();

        assertThat(switched(job, blob, copy)).isEqualTo(Outcome.SWITCHED);
        assertThat(switched(job, blob, copy)).isEqualTo(Outcome.SWITCHED);

        assertThat(job(job).objects()).isEqualTo(1);
        assertThat(database.ledger.abandon(copy).block())
                .as("the copy is nobody's to give up")
                .isFalse();
    }

    @Test
    void ofTwoCopiesOfOneBlobTheSecondIsNotWanted() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String first = database.migrations.begin(job.id(), blob).block();
        String second = database.migrations.begin(job.id(), blob).block();

        assertThat(switched(job, blob, first)).isEqualTo(Outcome.SWITCHED);
        assertThat(switched(job, blob, second)).isEqualTo(Outcome.UNREFERENCED);
    }

    @Test
    void nothingIsSwitchedToOtherBytesOrToACopyGivenUpOrAfterACancel() {
        StorageObject object = uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String copy = database.migrations.begin(job.id(), blob).block();
        String given = database.migrations.begin(job.id(), blob).block();
        database.ledger.abandon(given).block();

        assertThat(database.migrations
                        .switchTo(job.id(), blob, copy, 2, Uploading.SHA256)
                        .block()
                        .outcome())
                .isEqualTo(Outcome.DIFFERS);
        assertThat(switched(job, blob, given)).isEqualTo(Outcome.SWEPT);
        assertThat(database.migrations.cancel(job.id()).block().state()).isEqualTo(State.CANCELLED);
        assertThat(switched(job, blob, copy)).isEqualTo(Outcome.STOPPED);

        assertThat(state(object.blobKey())).isEqualTo("live");
        assertThat(backends()).isEqualTo("local");
        assertThat(database.migrations.begin(job.id(), blob).blockOptional()).isEmpty();
    }

    @Test
    void whatCannotBeMovedIsCountedAndNotTriedAgain() {
        uploading.put(ALICE, bucket, "a");
        uploading.put(ALICE, bucket, "b");
        copy(bucket, "a", bucket, "copy");
        Migration job = started("second");
        MovableBlob broken = page(job).stream()
                .filter(blob -> blob.path().equals("a"))
                .findFirst()
                .orElseThrow();

        assertThat(database.migrations.fail(job.id(), broken, "broken").block()).isTrue();
        assertThat(database.migrations.fail(job.id(), broken, "broken").block()).isTrue();
        assertThat(page(job)).extracting(MovableBlob::path).containsExactly("b");
        assertThat(job(job).failed()).isEqualTo(2);
        moveAll(job);

        Migration ended = database.migrations.finish(job.id()).block();
        assertThat(ended.state()).isEqualTo(State.FAILED);
        assertThat(ended.failed()).isEqualTo(2);
        assertThat(ended.lastError()).isEqualTo("broken");
    }

    @Test
    void aFailureOfWhatWasDeletedIsNone() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        database.objects.delete(ALICE, bucket, "a", WriteRule.OVERWRITE).block();

        assertThat(database.migrations.fail(job.id(), blob, "gone").block()).isFalse();
        claimed(job);
        assertThat(database.migrations.finish(job.id()).block().state()).isEqualTo(State.DONE);
    }

    @Test
    void isWorkedOnByOneGatewayAtATimeAndByAnotherWhenItsLeaseEnds() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MigrationRepository other = database.migrations(UUID.randomUUID());

        assertThat(other.claim(Set.of("third"), LEASE).blockOptional())
                .as("to a backend it lacks")
                .isEmpty();
        claimed(job);
        assertThat(other.claim(TARGETS, LEASE).blockOptional()).isEmpty();
        assertThat(database.migrations.beat(job.id(), LEASE).block()).isTrue();
        assertThat(other.beat(job.id(), LEASE).block()).isFalse();

        database.admin("UPDATE storage_private.migrations SET due_at = now() WHERE id = '%s'".formatted(job.id()));
        assertThat(other.claim(TARGETS, LEASE).block().id()).isEqualTo(job.id());
        assertThat(database.migrations.beat(job.id(), LEASE).block()).isFalse();
        assertThat(database.migrations.finish(job.id()).block().state()).isEqualTo(State.RUNNING);
    }

    @Test
    void aPausedJobIsDueLaterAndSaysWhy() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        claimed(job);

        database.migrations.stall(job.id(), Duration.ofHours(1), "no answer").block();

        assertThat(database.migrations.claim(TARGETS, LEASE).blockOptional()).isEmpty();
        assertThat(job(job).lastError()).isEqualTo("no answer");
        assertThat(job(job).stalls()).isEqualTo(1);
    }

    @Test
    void aJobWhoseBucketIsGoneLeavesTheNextOneOfThatNameAlone() {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        database.objects.delete(ALICE, bucket, "a", WriteRule.OVERWRITE).block();
        database.buckets.delete(ALICE, bucket).block();
        uploading.bucket(ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.put(ALICE, bucket, "a");

        assertThat(page(job)).isEmpty();
    }

    @Test
    void readsALargeBucketInPages() {
        database.admin("""
                INSERT INTO storage.blobs (key, backend, state, bucket_id, name, version, writer, size, sha256)
                SELECT '%1$s' || n, 'local', 'live', '%1$s', n, gen_random_uuid(), gen_random_uuid(), 1, 'x'
                FROM generate_series(1, 2500) n;
                SET session_replication_role = replica;
                INSERT INTO storage.objects (bucket_id, name, version, blob_key, backend, size, checksum, content_type, cache_control)
                SELECT bucket_id, name, gen_random_uuid(), key, backend, size, sha256, '', '' FROM storage.blobs WHERE bucket_id = '%1$s';
                SET session_replication_role = origin""".formatted(bucket));
        Migration job = started("second");
        assertThat(job.totalObjects()).isEqualTo(2500);

        MigrationPage first = database.migrations.page(job.id(), "").block();
        MigrationPage second = database.migrations.page(job.id(), first.next()).block();
        MigrationPage last = database.migrations.page(job.id(), second.next()).block();

        assertThat(List.of(
                        first.blobs().size(),
                        second.blobs().size(),
                        last.blobs().size()))
                .containsExactly(1000, 1000, 500);
        assertThat(last.next()).isNull();
    }

    private static MigrationStart start(String bucket, String target) {
        return database.migrations
                .start(SERVICE, new MigrationOrder(bucket, target, null, "local"))
                .block();
    }

    private Migration started(String target) {
        return ((MigrationStart.Started) start(bucket, target)).migration();
    }

    private static void claimed(Migration job) {
        assertThat(database.migrations.claim(TARGETS, LEASE).map(Migration::id).blockOptional())
                .isEqualTo(Optional.of(job.id()));
    }

    private static Migration job(Migration job) {
        return database.migrations.find(job.id()).block();
    }

    private static List<MovableBlob> page(Migration job) {
        return database.migrations.page(job.id(), "").block().blobs();
    }

    private static void moveAll(Migration job) {
        database.migrations.claim(TARGETS, LEASE).block();
        for (MovableBlob blob : page(job)) {
            String copy = database.migrations.begin(job.id(), blob).block();
            assertThat(switched(job, blob, copy)).isEqualTo(Outcome.SWITCHED);
        }
        assertThat(page(job)).isEmpty();
    }

    private static Outcome switched(Migration job, MovableBlob blob, String copy) {
        return database.migrations
                .switchTo(job.id(), blob, copy, blob.size(), blob.sha256())
                .block()
                .outcome();
    }

    private static void copy(String bucket, String path, String newBucket, String newPath) {
        database.changes
                .copy(
                        ALICE,
                        new Relocation(bucket, path, newBucket, newPath),
                        WriteRule.CREATE,
                        Relocation.Replacement.NOTHING)
                .block();
    }

    /** All of the bucket's objects but where their bytes are, and the number of events. */
    private String seen() {
        return database.value("""
                SELECT jsonb_agg(to_jsonb(o) - 'blob_key' - 'backend' ORDER BY name)::text
                       || (SELECT count(*) FROM storage.events e WHERE e.bucket_id = '%1$s' AND e.object_id IS NOT NULL)
                FROM storage.objects o WHERE bucket_id = '%1$s'""".formatted(bucket));
    }

    private String backends() {
        return database.value("SELECT string_agg(DISTINCT backend, ' ') FROM storage.objects WHERE bucket_id = '%s'"
                .formatted(bucket));
    }

    private String blobs(String backend, String state) {
        return database.value(
                "SELECT count(*) FROM storage.blobs WHERE bucket_id = '%s' AND backend = '%s' AND state = '%s'"
                        .formatted(bucket, backend, state));
    }

    private static String state(String key) {
        return database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(key));
    }
}
