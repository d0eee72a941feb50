package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.metadata.CommitOutcome.RolledBack;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class MetadataExecutorTest {

    private static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(1);
    private static final String SLEEP = "SELECT pg_sleep(30)::text AS slept";

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private static final Uploading uploading = new Uploading(database);
    private final ConnectionPools pools = new ConnectionPools(impatient());
    private final ConnectionPool pool = pools.pool("small", 2);
    private final MetadataExecutor executor = new MetadataExecutor(pool, Duration.ofSeconds(10));

    @AfterEach
    void nothingIsLeftAcquired() {
        await().untilAsserted(() -> assertThat(acquired()).isZero());
        assertThat(Traces.of(executor)).isEqualTo(Traces.NONE);
        pool.dispose();
        pools.close();
    }

    @Test
    void cancelledAtAnyMomentNoCallerSeesAnothersRowsAndNoTraceStays() {
        RlsContext dora = Callers.user("dora");
        RlsContext emil = Callers.user("emil");
        uploading.bucket(dora, "doras", BucketPolicy.PRIVATE);
        uploading.bucket(emil, "emils", BucketPolicy.PRIVATE);
        BucketRepository buckets = new BucketRepository(executor);
        Random random = new Random(42);
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Disposable> running = new ArrayList<>();
        for (int turn = 0; turn < 500; turn++) {
            RlsContext caller = random.nextBoolean() ? dora : emil;
            String own = caller.userId() + "s";
            Disposable listing = buckets.list(caller, 10, 0, null, BucketSort.NAME, false)
                    .subscribe(
                            page -> page.stream()
                                    .map(Bucket::id)
                                    .filter(id -> !id.equals(own))
                                    .forEach(wrong::add),
                            failure -> {}); // too many at once is a fair answer
            running.add(listing);
            if (random.nextInt(3) == 0) {
                running.get(random.nextInt(running.size())).dispose();
            }
            if (random.nextInt(4) == 0) {
                assertThat(buckets.list(caller, 10, 0, null, BucketSort.NAME, false)
                                .onErrorComplete()
                                .blockOptional()
                                .orElse(List.of()))
                        .allMatch(bucket -> bucket.id().equals(own));
            }
            if (turn % 10 == 0) {
                assertThat(executor.rows(
                                        "SELECT current_user || coalesce(current_setting('request.jwt.claims', true), '') AS traces",
                                        row -> Columns.required(row, "traces", String.class))
                                .onErrorReturn(List.of(TestDatabase.LOGIN))
                                .block())
                        .containsExactly(TestDatabase.LOGIN);
            }
        }
        await().until(() -> acquired() == 0);
        assertThat(wrong).isEmpty();
    }

    @Test
    void aCancelledOperationIsCarriedOutAllTheSame() {
        Disposable creation = new BucketRepository(executor)
                .create(ALICE, new NewBucket("kept-on", "kept-on", BucketPolicy.PRIVATE, List.of(), null, null, null))
                .subscribe();
        creation.dispose();
        await().untilAsserted(
                        () -> assertThat(database.value("SELECT count(*) FROM storage.buckets WHERE id = 'kept-on'"))
                                .isEqualTo("1"));
    }

    @Test
    void anExhaustedPoolIsUnavailableAfterTheAcquireTimeout() {
        List<CompletableFuture<List<String>>> sleepers = sleepers(2);
        long start = System.nanoTime();
        assertKind(Kind.UNAVAILABLE, () -> Traces.of(executor));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(ACQUIRE_TIMEOUT.multipliedBy(19).dividedBy(10));
        assertThat(sleepers).allMatch(sleeper -> !sleeper.isDone());
    }

    @Test
    void connectionsThatDiedInThePoolArePassedOver() {
        warm();
        String ours =
                " FROM pg_stat_activity WHERE application_name = 'aerodb-storage' AND state = 'idle' AND datname = current_database()";
        database.value("SELECT count(pg_terminate_backend(pid))" + ours);
        await().until(() -> database.value("SELECT count(*)" + ours).equals("0"));
        List<Kind> failures = new ArrayList<>();
        await().until(() -> Boolean.TRUE.equals(executor.rows("SELECT 1", row -> "")
                .map(rows -> true)
                .doOnError(MetadataException.class, failure -> failures.add(failure.kind()))
                .onErrorReturn(false)
                .block()));
        assertThat(failures)
                .as("unless the news of its death came after the statement")
                .doesNotContain(Kind.UNAVAILABLE);
    }

    @Test
    void whoComesWhenTooManyWaitIsTurnedAwayAtOnce() {
        sleepers(2);
        for (int waiting = 0; waiting < 4; waiting++) {
            executor.rows(SLEEP, row -> "").subscribe(rows -> {}, failure -> {});
        }
        long start = System.nanoTime();
        assertKind(Kind.UNAVAILABLE, () -> Traces.of(executor));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(ACQUIRE_TIMEOUT.dividedBy(2));
    }

    @Test
    void aStatementPastItsTimeLimitIsRolledBackAndItsConnectionGoesOn() {
        String processes =
                "SELECT array_agg(pid ORDER BY pid)::text FROM pg_stat_activity WHERE application_name = 'aerodb-storage' AND datname = current_database()";
        Traces.of(executor);
        String before = database.value(processes);
        assertKind(Kind.TIMED_OUT, () -> executor.rows(SLEEP, row -> "").block());
        assertThat(Traces.of(executor)).isEqualTo(Traces.NONE);
        assertThat(database.value(processes)).isEqualTo(before);
    }

    @Test
    void collisionsAreTriedAgainAndReportedWhenTheyGoOn() {
        database.admin("CREATE SEQUENCE attempts; GRANT USAGE ON attempts TO PUBLIC");
        database.admin("""
                CREATE FUNCTION collide(successful bigint) RETURNS bigint LANGUAGE plpgsql AS $$
                DECLARE attempt bigint := nextval('attempts'); BEGIN
                  IF attempt < successful THEN RAISE 'again' USING ERRCODE = CASE attempt WHEN 1 THEN '40001' ELSE '40P01' END; END IF;
                  RETURN attempt;
                END $$""");
        assertThat(executor.rows("SELECT collide(3) AS attempt", row -> row.get("attempt", Long.class))
                        .block())
                .containsExactly(3L);
        assertKind(Kind.CONFLICT, () -> executor.rows("SELECT collide(100)", row -> "")
                .block());
    }

    @Test
    void aTransactionThatFailsOnlyWhenItEndsIsNeverTakenForCommitted() {
        uploading.bucket(ALICE, "deferred", BucketPolicy.PRIVATE);
        Permitted permitted = (Permitted) uploading.begin(ALICE, "deferred", "x", WriteRule.OVERWRITE);
        database.admin("CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'too late'; END $$");
        database.admin(
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON storage.objects DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()");
        try {
            assertThat(uploading.commit(ALICE, permitted, "x", WriteRule.OVERWRITE))
                    .isInstanceOfSatisfying(
                            RolledBack.class,
                            outcome -> assertThat(outcome.reason().kind()).isEqualTo(Kind.FAILED));
        } finally {
            database.admin("DROP TRIGGER late ON storage.objects");
        }
        assertThat(uploading.commit(ALICE, permitted, "x", WriteRule.OVERWRITE))
                .isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void whatCanNotBeReadFromARowIsAFailureAndNoConnectionIsLost() {
        for (int turn = 0; turn < 5; turn++) {
            assertThatThrownBy(() -> executor.rows(
                                    "SELECT n AS n FROM generate_series(1, 1000) n",
                                    row -> Columns.required(row, "absent", String.class))
                            .block())
                    .isInstanceOf(MetadataException.class);
        }
    }

    /** Connecting can take long on a busy machine: it shall not be what times out. */
    private void warm() {
        await().ignoreExceptions().until(() -> {
            Mono<List<String>> nap = executor.rows("SELECT pg_sleep(0.1)", row -> "");
            Mono.when(nap, nap).block();
            return pool.getMetrics().orElseThrow().allocatedSize() == 2;
        });
    }

    private List<CompletableFuture<List<String>>> sleepers(int count) {
        warm();
        List<CompletableFuture<List<String>>> sleepers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sleepers.add(executor.rows(SLEEP, row -> "").toFuture());
        }
        await().until(() -> database.value(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
                .equals(Integer.toString(count)));
        return sleepers;
    }

    private int acquired() {
        return pool.getMetrics().orElseThrow().acquiredSize();
    }

    private static void assertKind(Kind kind, ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(kind));
    }

    private static DatabaseSettings impatient() {
        DatabaseSettings settings = database.settings();
        return new DatabaseSettings(
                settings.host(),
                settings.port(),
                settings.database(),
                settings.username(),
                settings.password(),
                "disable",
                null,
                Duration.ofSeconds(5),
                ACQUIRE_TIMEOUT,
                Duration.ofSeconds(4),
                4,
                2);
    }
}
