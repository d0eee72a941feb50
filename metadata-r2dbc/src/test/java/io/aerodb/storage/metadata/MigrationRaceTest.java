package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static io.aerodb.storage.metadata.Callers.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.metadata.BlobSwitch.Outcome;
import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Switches that meet what clients do to the same objects. Clients never fail by it. */
class MigrationRaceTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);
    private static final Retry UNTIL_FREE =
            Retry.backoff(20, Duration.ofMillis(5)).filter(MigrationRaceTest::isBusy);
    private String bucket = "";
    private String other = "";

    @BeforeEach
    void twoBuckets() {
        bucket = TestDatabase.unique("race");
        other = TestDatabase.unique("other");
        uploading.bucket(ALICE, bucket, BucketPolicy.PRIVATE);
        uploading.bucket(ALICE, other, BucketPolicy.PRIVATE);
    }

    @AfterEach
    void everyLiveBlobHasARowAndEveryRowALiveBlobOfItsBackend() {
        assertThat(database.value("""
                SELECT count(*) FROM storage.blobs b FULL JOIN storage.objects o ON o.blob_key = b.key
                WHERE (b.state = 'live') IS DISTINCT FROM (o.id IS NOT NULL) OR b.backend <> o.backend""")).isEqualTo("0");
    }

    @Test
    void aCopyWaitsForTheSwitchAndTakesTheNewBlob() throws Exception {
        StorageObject object = uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String key = database.migrations.begin(job.id(), blob).block();
        try (Connection switching = database.connectAsLogin()) {
            switching.setAutoCommit(false);
            run(
                    switching,
                    "SELECT storage_private.migration_switch('%s', '%s', '%s', 3, '%s')"
                            .formatted(job.id(), blob.key(), key, blob.sha256()));
            CompletableFuture<Relocated> copy = copy("a", other, "copy").toFuture();
            awaitSomebodyWaiting();
            switching.commit();
            StorageObject copied = ((Relocated.Done) copy.join()).object();
            assertThat(copied.backend()).isEqualTo("second");
            assertThat(copied.blobKey()).isEqualTo(key);
        }
        assertThat(state(object.blobKey())).isEqualTo("garbage");
    }

    @Test
    void aSwitchSeesTheCopyThatWasMadeWhileItWaited() throws Exception {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String key = database.migrations.begin(job.id(), blob).block();
        try (Connection copying = database.connectAsLogin()) {
            copying.setAutoCommit(false);
            run(
                    copying,
                    "SELECT storage_private.object_copy('authenticated', '%s', '%s', 'a', '%s', 'copy', 'create', NULL, NULL, NULL, NULL)"
                            .formatted(ALICE.claims(), bucket, other));
            CompletableFuture<BlobSwitch> switched = switchTo(job, blob, key).toFuture();
            awaitSomebodyWaiting();
            copying.commit();
            assertThat(switched.join().outcome()).isEqualTo(Outcome.SWITCHED);
        }
        assertThat(database.value(
                        "SELECT string_agg(backend || ' ' || (blob_key = '%s'), ' ') FROM storage.objects WHERE bucket_id IN ('%s', '%s')"
                                .formatted(key, bucket, other)))
                .isEqualTo("second true second true");
        assertThat(state(blob.key())).isEqualTo("garbage");
    }

    @Test
    void aSwitchGivesWayToWhoeverHoldsARowForLong() throws Exception {
        uploading.put(ALICE, bucket, "a");
        Migration job = started("second");
        MovableBlob blob = page(job).get(0);
        String key = database.migrations.begin(job.id(), blob).block();
        try (Connection holder = database.connectAsAdmin()) {
            holder.setAutoCommit(false);
            run(holder, "SELECT FROM storage.objects WHERE bucket_id = '%s' FOR SHARE".formatted(bucket));
            assertThatExceptionOfType(MetadataException.class)
                    .isThrownBy(() -> database.migrations
                            .switchTo(job.id(), blob, key, blob.size(), blob.sha256())
                            .block())
                    .matches(failure -> failure.kind() == Kind.TIMED_OUT);
        }
        assertThat(switchTo(job, blob, key).block().outcome()).isEqualTo(Outcome.SWITCHED);
    }

    @Test
    void aCancelIsEitherBeforeASwitchOrAfterIt() {
        for (int round = 0; round < 20; round++) {
            uploading.put(ALICE, bucket, "a");
            Migration job = started(round % 2 == 0 ? "second" : "third");
            MovableBlob blob = page(job).get(0);
            String key = database.migrations.begin(job.id(), blob).block();
            CompletableFuture<BlobSwitch> switched = switchTo(job, blob, key).toFuture();
            Migration cancelled = database.migrations.cancel(job.id()).block();
            Outcome outcome = switched.join().outcome();
            assertThat(outcome).isIn(Outcome.SWITCHED, Outcome.STOPPED);
            assertThat(cancelled.objects()).isEqualTo(outcome == Outcome.SWITCHED ? 1 : 0);
            assertThat(database.ledger.abandon(key).block()).isEqualTo(outcome == Outcome.STOPPED);
        }
    }

    @Test
    void clientsGoOnWhileEverythingMovesThereAndBack() {
        Random random = new Random(11);
        for (int round = 0; round < 12; round++) {
            for (String path : List.of("a", "b", "c", "d")) {
                uploading.put(ALICE, bucket, path);
            }
            copy("a", bucket, "twin").block();
            Migration job = started(round % 2 == 0 ? "second" : "local");
            Mono<Long> clients = Flux.range(0, 24)
                    .flatMap(i -> deed(random.nextInt(7), "abcd".charAt(random.nextInt(4)) + "", i), 6)
                    .count();
            assertThat(Mono.zip(clients, swept(job).count()).block().getT1()).isEqualTo(24);
            swept(job).blockLast();
            assertThat(page(job)).isEmpty();
            database.migrations.cancel(job.id()).block();
            assertThat(database.value("SELECT count(*) FROM storage.objects WHERE bucket_id = '%s' AND backend <> '%s'"
                            .formatted(bucket, job.target())))
                    .isEqualTo("0");
            deletePrefix(bucket);
            deletePrefix(other);
        }
    }

    /** What a client does; fails when the client is told anything but success or that the object is not there. */
    private Mono<Integer> deed(int which, String path, int number) {
        Mono<?> done =
                switch (which) {
                    case 0 -> overwrite(path);
                    case 1 -> database.objects.delete(ALICE, bucket, path, WriteRule.OVERWRITE);
                    case 2 -> copy(path, bucket, "copy" + number);
                    case 3 -> copy(path, other, "copy" + number);
                    case 4 -> database.changes.move(ALICE, new Relocation(bucket, path, other, "moved" + number));
                    case 5 -> database.changes.move(ALICE, new Relocation(bucket, path, bucket, "moved" + number));
                    default -> database.changes.delete(ALICE, bucket, List.of(path, "twin"));
                };
        return done.thenReturn(number);
    }

    private Mono<CommitOutcome> overwrite(String path) {
        return Mono.fromCallable(() -> (Permitted) uploading.begin(ALICE, bucket, path, WriteRule.OVERWRITE))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(permit ->
                        database.objects.commit(ALICE, Uploading.completion(permit, path, WriteRule.OVERWRITE)))
                .doOnNext(outcome -> assertThat(outcome).isInstanceOf(Committed.class));
    }

    private Flux<BlobSwitch> swept(Migration job) {
        return database.migrations
                .page(job.id(), "")
                .flatMapIterable(MigrationPage::blobs)
                .flatMap(
                        blob -> database.migrations.begin(job.id(), blob).flatMap(key -> switchTo(job, blob, key)
                                .delayUntil(done -> database.ledger.abandon(key))),
                        2);
    }

    private void deletePrefix(String from) {
        database.changes.deletePrefix(ALICE, from, "").block();
    }

    private Mono<BlobSwitch> switchTo(Migration job, MovableBlob blob, String key) {
        return database.migrations
                .switchTo(job.id(), blob, key, blob.size(), blob.sha256())
                .retryWhen(UNTIL_FREE);
    }

    private Mono<Relocated> copy(String path, String newBucket, String newPath) {
        return database.changes.copy(
                ALICE,
                new Relocation(bucket, path, newBucket, newPath),
                WriteRule.CREATE,
                Relocation.Replacement.NOTHING);
    }

    private Migration started(String target) {
        MigrationOrder order = new MigrationOrder(bucket, target, null, "local");
        return ((MigrationStart.Started)
                        database.migrations.start(SERVICE, order).block())
                .migration();
    }

    private static List<MovableBlob> page(Migration job) {
        return database.migrations.page(job.id(), "").block().blobs();
    }

    private static boolean isBusy(Throwable failure) {
        return failure instanceof MetadataException known
                && (known.kind() == Kind.TIMED_OUT || known.kind() == Kind.CONFLICT);
    }

    private static void awaitSomebodyWaiting() {
        await().until(() -> !database.value(
                        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                .isEmpty());
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String state(String key) {
        return database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(key));
    }
}
