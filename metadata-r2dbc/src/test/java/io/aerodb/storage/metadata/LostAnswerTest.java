package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Callers.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.metadata.CommitOutcome.Unknown;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.TcpProxy.Mode;
import io.aerodb.storage.metadata.UploadDecision.Permitted;
import io.r2dbc.pool.ConnectionPool;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network and a server that fail at the worst moment, between a statement and its answer. */
class LostAnswerTest {

    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    private static TestDatabase database;
    private static Uploading direct;
    private final TcpProxy proxy = new TcpProxy(database.settings().port());
    private final ConnectionPools pools = new ConnectionPools(throughProxy());
    private final ConnectionPool pool = pools.pool("proxied", 2);
    private final MetadataExecutor executor = new MetadataExecutor(pool, ANSWER_TIMEOUT);
    private final ObjectRepository objects = new ObjectRepository(executor, database.instance);
    private String bucket = "";

    @BeforeAll
    static void open() {
        database = new TestDatabase();
        direct = new Uploading(database);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void aBucketAndAWarmConnection() {
        bucket = TestDatabase.unique("lost");
        direct.bucket(ALICE, bucket, BucketPolicy.PRIVATE);
        assertThat(Traces.of(executor)).isEqualTo(Traces.NONE);
    }

    @AfterEach
    void nothingIsLeftAcquired() throws IOException {
        proxy.mode(Mode.PASS);
        await().untilAsserted(() -> assertThat(acquired()).isZero());
        assertThat(Traces.of(executor)).isEqualTo(Traces.NONE);
        pool.dispose();
        pools.close();
        proxy.close();
    }

    @Test
    void aServerThatSaysNothingIsGivenUpAndItsConnectionIsNotUsedAgain() {
        proxy.mode(Mode.STALL_ANSWERS);
        long start = System.nanoTime();
        assertKind(Kind.UNANSWERED, () -> Traces.of(executor));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(ANSWER_TIMEOUT, ANSWER_TIMEOUT.plusSeconds(4));
        proxy.mode(Mode.PASS);
        assertThat(Traces.of(executor)).isEqualTo(Traces.NONE);
        assertThat(proxy.accepted()).isEqualTo(2);
    }

    @Test
    void aCommitWithoutAnAnswerIsUnknownAlthoughItTookPlace() {
        Permitted permitted = permitted();
        proxy.mode(Mode.STALL_ANSWERS);
        assertThat(commit(permitted)).isInstanceOf(Unknown.class);
        assertThat(stateOf(permitted)).isEqualTo("live");
    }

    @Test
    void aCommitWhoseConnectionIsCutAtTheAnswerIsUnknownAlthoughItTookPlace() {
        Permitted permitted = permitted();
        proxy.mode(Mode.CUT_AT_ANSWER);
        assertThat(commit(permitted)).isInstanceOf(Unknown.class);
        await().untilAsserted(() -> assertThat(stateOf(permitted)).isEqualTo("live"));
    }

    @Test
    void aCommitWhoseConnectionIsCutBeforeTheServerSawItIsUnknownAlthoughItDidNot() {
        Permitted permitted = permitted();
        proxy.mode(Mode.CUT_AT_REQUEST);
        assertThat(commit(permitted)).isInstanceOf(Unknown.class);
        assertThat(stateOf(permitted)).isEqualTo("writing");
    }

    @Test
    void aCommitWhoseServerProcessIsEndedIsUnknown() throws Exception {
        Permitted permitted = permitted();
        try (Connection blocker = database.connectAsAdmin();
                var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("SELECT FROM storage.blobs WHERE key = '%s' FOR UPDATE".formatted(permitted.blobKey()));
            CompletableFuture<CommitOutcome> outcome =
                    objects.commit(ALICE, completion(permitted)).toFuture();
            await().until(() -> !database.value(BLOCKED.formatted("pid")).isEmpty());
            database.value(BLOCKED.formatted("pg_terminate_backend(pid)"));
            assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(Unknown.class);
            blocker.rollback();
        }
        assertThat(stateOf(permitted)).isEqualTo("writing");
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() throws IOException {
        proxy.mode(Mode.CUT_AT_REQUEST);
        assertThatThrownBy(() -> Traces.of(executor)).isInstanceOf(MetadataException.class);
        assertKind(Kind.UNAVAILABLE, () -> Traces.of(executor));
    }

    private static final String BLOCKED =
            "SELECT %s FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    private Permitted permitted() {
        return (Permitted) direct.begin(ALICE, bucket, "x", WriteRule.OVERWRITE);
    }

    private CommitOutcome commit(Permitted permitted) {
        return objects.commit(ALICE, completion(permitted)).block();
    }

    private static Completion completion(Permitted permitted) {
        return Uploading.completion(permitted, "x", WriteRule.OVERWRITE);
    }

    private static String stateOf(Permitted permitted) {
        return database.value("SELECT state FROM storage.blobs WHERE key = '%s'".formatted(permitted.blobKey()));
    }

    private int acquired() {
        return pool.getMetrics().orElseThrow().acquiredSize();
    }

    private static void assertKind(Kind kind, ThrowingCallable operation) {
        assertThatThrownBy(operation)
                .isInstanceOfSatisfying(MetadataException.class, failure -> assertThat(failure.kind())
                        .isEqualTo(kind));
    }

    private DatabaseSettings throughProxy() {
        DatabaseSettings settings = database.settings();
        return new DatabaseSettings(
                "127.0.0.1",
                proxy.port(),
                settings.database(),
                settings.username(),
                settings.password(),
                "disable",
                null,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                8,
                1);
    }
}
