package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.RawHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two users, nobody and the service share four connections; some of their requests are left by their clients, time out in
 * the database or fail there. Nobody ever acts as another, and each connection comes back as it was.
 */
class InterleavedUsersIT {

    private static final int CONNECTIONS = 4;
    private static final int THREADS = 16;

    private static Gateway gateway;

    @BeforeAll
    static void start() {
        gateway = Gateway.start(
                "--storage.database.pool-size=" + CONNECTIONS,
                "--storage.database.statement-timeout=300ms",
                "--storage.database.acquire-timeout=10s");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 200)
    void everybodyGetsHisOwnAndNothingElse(long seed) throws Exception {
        interleave(2_400, seed);
    }

    @Tag("slow")
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 300)
    void alsoInTenThousandRequests(long seed) throws Exception {
        interleave(10_000, seed);
    }

    private static void interleave(int count, long seed) throws Exception {
        MixedRequests requests = MixedRequests.arranged(gateway);
        Database database = gateway.database();
        ConnectionProbe probe = ConnectionProbe.into(database);

        inParallel(requests, count, seed);

        assertThat(requests.sent()).isEqualTo(count);
        assertThat(requests.timedOut()).as("answers of 503").isBetween(count / 500, count / 4);
        assertThat(requests.failed()).as("answers of 500").isGreaterThan(count / 500);
        assertThat(requests.left()).as("left by the client").isGreaterThan(count / 5);
        requests.everyRowIsItsOwners(database);

        awaitEachConnectionLentAgain(probe);
        assertThat(probe.soiled()).isEmpty();
        assertThat(probe.operations()).isGreaterThan(count / 2);
        assertThat(probe.changesOfCaller()).isGreaterThan(count / 4);
        assertThat(probe.connections()).isLessThanOrEqualTo(CONNECTIONS);
        Leftovers.in(gateway, requests.shared()).vanish();
        noConnectionIsInTheMiddleOfSomething(database);
        assertThat(gateway.leaks()).isEmpty();
    }

    private static void inParallel(MixedRequests requests, int count, long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                Random random = new Random(seed + thread);
                running.add(threads.submit(() -> send(requests, count / THREADS, random)));
            }
            for (Future<Void> done : running) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void send(MixedRequests requests, int count, Random random) throws Exception {
        for (int i = 0; i < count; i++) {
            requests.sendOne(random);
        }
        return null;
    }

    /** So that the last operation of the mix on each connection is followed by a look at what it left. */
    private static void awaitEachConnectionLentAgain(ConnectionProbe probe) {
        long last = probe.lastNote();
        await("each connection lent again").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            askTogether(8 * CONNECTIONS);
            assertThat(probe.notLentSince(last)).isZero();
        });
    }

    /** More requests at once than there are connections, or the pool would lend the same one again and again. */
    private static void askTogether(int requests) throws IOException {
        List<RawHttp> connections = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            connections.add(
                    RawHttp.open(gateway.port()).request("GET /storage/v1/bucket HTTP/1.1", "Connection: close"));
        }
        for (RawHttp connection : connections) {
            assertThat(connection.answer()).hasStatus(200);
            connection.close();
        }
    }

    private static void noConnectionIsInTheMiddleOfSomething(Database database) {
        await("idle connections").atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                        database.rows("SELECT pid, state, query FROM pg_stat_activity"
                                + " WHERE application_name = 'aerodb-storage' AND state <> 'idle'"))
                .isEmpty());
    }
}
