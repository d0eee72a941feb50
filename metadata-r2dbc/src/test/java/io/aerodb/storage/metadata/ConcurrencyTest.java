package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.metadata.CommitOutcome.Committed;
import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Transactions that meet on one object, one blob or one bucket. */
class ConcurrencyTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);
    private String bucket = "";

    @BeforeEach
    void aBucket() {
        bucket = TestDatabase.unique("race");
        uploading.bucket(ALICE, bucket, BucketPolicy.AUTHENTICATED);
    }

    @AfterEach
    void everyLiveBlobHasARowAndEveryRowALiveBlob() {
        assertThat(database.value("""
                SELECT count(*) FROM storage.blobs b FULL JOIN storage.objects o ON o.blob_key = b.key
                WHERE (b.state = 'live') IS DISTINCT FROM (o.id IS NOT NULL)""")).isEqualTo("0");
    }

    @Test
    void ofParallelCreatesExactlyOneWins() {
        for (int round = 0; round < 50; round++) {
            String path = "round" + round;
            List<CommitOutcome> outcomes = atOnce(begun(8, path, WriteRule.CREATE), path, WriteRule.CREATE);
            assertThat(outcomes).filteredOn(Committed.class::isInstance).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(RolledBack.class::isInstance)
                    .hasSize(7)
                    .allMatch(outcome -> kindOf(outcome) == Kind.EXISTS);
        }
    }

    @Test
    void ofParallelOverwritesAllSucceedAndOneStays() {
        for (int round = 0; round < 10; round++) {
            List<CommitOutcome> outcomes = atOnce(begun(8, "x", WriteRule.OVERWRITE), "x", WriteRule.OVERWRITE);
            assertThat(outcomes).hasSize(8).allMatch(Committed.class::isInstance);
        }
        assertThat(blobs("live")).isEqualTo("1");
        assertThat(blobs("garbage")).isEqualTo("79");
        assertThat(database.value(
                        "SELECT count(*) FROM storage.events WHERE bucket_id = '%s' AND path = 'x'".formatted(bucket)))
                .isEqualTo("80");
    }

    @Test
    void ofParallelWritesThatMatchOneVersionExactlyOneWins() {
        for (int round = 0; round < 20; round++) {
            WriteRule rule =
                    WriteRule.match(Set.of(uploading.put(ALICE, bucket, "x").etag()));
            List<CommitOutcome> outcomes = atOnce(begun(4, "x", rule), "x", rule);
            assertThat(outcomes).filteredOn(Committed.class::isInstance).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(RolledBack.class::isInstance)
                    .allMatch(outcome -> kindOf(outcome) == Kind.PRECONDITION);
        }
    }

    @Test
    void overwritesAndDeletesOfOneNameNeverFail() {
        for (int round = 0; round < 20; round++) {
            List<Permitted> permits = begun(4, "x", WriteRule.OVERWRITE);
            Mono<List<CommitOutcome>> commits = Flux.fromIterable(permits)
                    .flatMap(permit -> commit(permit, "x", WriteRule.OVERWRITE))
                    .collectList();
            Mono<Long> deletes = Flux.range(0, 4)
                    .flatMap(i -> database.objects.delete(ALICE, bucket, "x", WriteRule.OVERWRITE))
                    .count();
            assertThat(Mono.zip(commits, deletes).block().getT1()).allMatch(Committed.class::isInstance);
        }
    }

    @Test
    void aCommitThatWaitedWhileItsBucketWasMadeAnewPutsNothingInTheNewOne() throws Exception {
        Permitted permit = begun(1, "x", WriteRule.OVERWRITE).get(0);
        try (Connection other = database.connectAsAdmin()) {
            begin(other, "READ COMMITTED");
            run(other, "UPDATE storage.blobs SET last_verified = NULL WHERE key = '%s'".formatted(permit.blobKey()));
            CompletableFuture<CommitOutcome> commit =
                    commit(permit, "x", WriteRule.OVERWRITE).toFuture();
            awaitLock();
            database.buckets.delete(ALICE, bucket).block();
            uploading.bucket(ALICE, bucket, BucketPolicy.PUBLIC);
            other.commit();
            assertThat(commit.join()).isInstanceOf(RolledBack.class);
        }
    }

    /** What a policy does here, while the row is looked at, others do between two statements. */
    @Test
    void anOverwriteGoesOnForAsLongAsEachTimeAnotherObjectIsThere() {
        uploading.put(ALICE, bucket, "x");
        Permitted permit = begun(1, "x", WriteRule.OVERWRITE).get(0);
        database.admin("""
                CREATE SEQUENCE others;
                CREATE FUNCTION others_were_faster(object uuid) RETURNS boolean
                LANGUAGE plpgsql SECURITY DEFINER SET session_replication_role = replica AS $$
                BEGIN
                  IF nextval('public.others') > 20 THEN RETURN true; END IF;
                  UPDATE storage.objects SET id = gen_random_uuid() WHERE id = object;
                  RETURN false;
                END $$;
                CREATE POLICY others ON storage.objects AS RESTRICTIVE FOR UPDATE TO authenticated
                USING (others_were_faster(id)) WITH CHECK (true)""");
        try {
            assertThat(commit(permit, "x", WriteRule.OVERWRITE).block()).isInstanceOf(Committed.class);
        } finally {
            database.admin("DROP POLICY others ON storage.objects");
        }
    }

    @Test
    void aDeleteThatWaitedWhileAnotherObjectCameDeletesThatOne() throws Exception {
        StorageObject first = uploading.put(ALICE, bucket, "x");
        try (Connection other = database.connectAsAdmin()) {
            begin(other, "READ COMMITTED");
            run(other, "SET session_replication_role = replica");
            run(other, """
                    WITH gone AS (DELETE FROM storage.objects WHERE id = '%s' RETURNING *)
                    INSERT INTO storage.objects
                      (bucket_id, name, owner_id, version, blob_key, backend, size, checksum, content_type, cache_control)
                    SELECT bucket_id, name, owner_id, version, blob_key, backend, size, checksum, content_type, cache_control
                    FROM gone""".formatted(first.id()));
            CompletableFuture<Optional<Refusal>> delete = database.objects
                    .delete(ALICE, bucket, "x", WriteRule.OVERWRITE)
                    .toFuture();
            awaitLock();
            other.commit();
            assertThat(delete.join()).isEmpty();
        }
        assertThat(blobs("garbage")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
    void twoTransactionsThatDropTheLastTwoReferencesMakeGarbageOnce(String isolation) throws Exception {
        StorageObject first = uploading.put(ALICE, bucket, "first");
        secondRowOf(first);
        try (Connection one = database.connectAsAdmin();
                Connection two = database.connectAsAdmin()) {
            begin(one, isolation);
            begin(two, isolation);
            run(one, "DELETE FROM storage.objects WHERE name = 'first' AND bucket_id = '%s'".formatted(bucket));
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
                run(two, "DELETE FROM storage.objects WHERE name = 'second' AND bucket_id = '%s'".formatted(bucket));
                commit(two);
            });
            awaitLock();
            one.commit();
            if (isolation.equals("READ COMMITTED")) {
                second.join();
            } else {
                assertThatCode(second::join).hasStackTraceContaining("could not serialize");
                two.rollback();
                begin(two, isolation);
                run(two, "DELETE FROM storage.objects WHERE name = 'second' AND bucket_id = '%s'".formatted(bucket));
                two.commit();
            }
        }
        assertThat(blobs("garbage")).isEqualTo("1");
    }

    @Test
    void aBlobIsEitherAbandonedOrCommitted() {
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            String path = "round" + round;
            Permitted permit = begun(1, path, WriteRule.OVERWRITE).get(0);
            Mono<CommitOutcome> commit = commit(permit, path, WriteRule.OVERWRITE);
            Mono<Boolean> abandon = database.ledger.abandon(permit.blobKey());
            boolean commitFirst = random.nextBoolean();
            CompletableFuture<?> ahead = (commitFirst ? commit : abandon).toFuture();
            CompletableFuture<?> behind = (commitFirst ? abandon : commit).toFuture();
            CommitOutcome outcome = (CommitOutcome) (commitFirst ? ahead : behind).join();
            boolean abandoned = (Boolean) (commitFirst ? behind : ahead).join();
            assertThat(outcome instanceof Committed).isEqualTo(!abandoned);
            if (abandoned) {
                assertThat(kindOf(outcome)).isEqualTo(Kind.SWEPT);
            }
        }
    }

    @Test
    void aBucketIsEitherDeletedOrWrittenTo() {
        for (int round = 0; round < 40; round++) {
            aBucket();
            Permitted permit = begun(1, "x", WriteRule.OVERWRITE).get(0);
            CompletableFuture<CommitOutcome> commit =
                    commit(permit, "x", WriteRule.OVERWRITE).toFuture();
            CompletableFuture<Boolean> delete = database.buckets
                    .delete(ALICE, bucket)
                    .map(Optional::isEmpty)
                    .onErrorResume(MetadataException.class, failure -> {
                        assertThat(failure.kind()).isEqualTo(Kind.REFERENCED);
                        return Mono.just(false);
                    })
                    .toFuture();
            CommitOutcome outcome = commit.join();
            assertThat(outcome instanceof Committed).isEqualTo(!delete.join());
            if (outcome instanceof RolledBack) {
                assertThat(kindOf(outcome)).isEqualTo(Kind.REFERENCED);
            }
        }
    }

    private List<Permitted> begun(int count, String path, WriteRule rule) {
        return IntStream.range(0, count)
                .mapToObj(i -> (Permitted) uploading.begin(ALICE, bucket, path, rule))
                .toList();
    }

    private static List<CommitOutcome> atOnce(List<Permitted> permits, String path, WriteRule rule) {
        return Flux.fromIterable(permits)
                .flatMap(permit -> commit(permit, path, rule))
                .collectList()
                .block();
    }

    private static Mono<CommitOutcome> commit(Permitted permit, String path, WriteRule rule) {
        return database.objects.commit(ALICE, Uploading.completion(permit, path, rule));
    }

    private static Kind kindOf(CommitOutcome outcome) {
        return ((RolledBack) outcome).reason().kind();
    }

    private String blobs(String state) {
        return database.value(
                "SELECT count(*) FROM storage.blobs WHERE bucket_id = '%s' AND state = '%s'".formatted(bucket, state));
    }

    /** What a copy will be: a second row of the same bytes. */
    private void secondRowOf(StorageObject object) {
        database.admin("""
                SET session_replication_role = replica;
                INSERT INTO storage.objects (bucket_id, name, version, blob_key, backend, size, checksum, content_type, cache_control)
                SELECT bucket_id, 'second', gen_random_uuid(), blob_key, backend, size, checksum, content_type, cache_control
                FROM storage.objects WHERE id = '%s';
                SET session_replication_role = origin""".formatted(object.id()));
    }

    private static void awaitLock() {
        await().until(() -> !database.value(
                        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                .isEmpty());
    }

    private static void begin(Connection connection, String isolation) {
        try {
            connection.setAutoCommit(false);
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
        run(connection, "SET TRANSACTION ISOLATION LEVEL " + isolation);
        run(connection, "SELECT count(*) FROM storage.objects"); // takes the snapshot
    }

    private static void run(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void commit(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
