package io.aerodb.storage.durability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Descriptors;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 200 clients upload and download at the same time, and half of what they begin they leave at a random byte. */
class ParallelAbortsIT {

    private static final int CLIENTS = 200;
    private static final int ROUNDS = 6;

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final String bucket = gateway.asUser(user).newBucket("private");
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 21)
    void nothingIsLeftOfThemAndEveryAcknowledgedObjectIsWhole(long seed) throws Exception {
        Descriptors descriptors = Descriptors.of(gateway);
        List<AbortingClient> clients = clients(seed);
        together(clients.subList(0, 30), 2); // a cold gateway would refuse most of the others

        together(clients, ROUNDS);
        settled();
        long before = descriptors.count();
        together(clients, ROUNDS);
        settled();

        assertThat(clients.stream().mapToInt(AbortingClient::aborted).sum()).isGreaterThan(1_000);
        assertThat(clients.stream().mapToInt(AbortingClient::acknowledged).sum())
                .isGreaterThan(400);
        for (AbortingClient client : clients) {
            client.checkAll();
        }
        await("descriptors").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(descriptors.count())
                .isLessThanOrEqualTo(before));
        assertThat(gateway.leaks()).isEmpty();
    }

    /** No staging file, no blob that the ledger does not have, no connection of the pools in the middle of something. */
    private void settled() {
        Leftovers.in(gateway, bucket).vanish();
        await("connections to the database")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(gateway.database().rows("""
                        SELECT pid, state, query FROM pg_stat_activity
                        WHERE application_name = 'aerodb-storage' AND datname = current_database() AND state <> 'idle'""")).isEmpty());
    }

    private List<AbortingClient> clients(long seed) {
        String token = gateway.tokens().user(user);
        return IntStream.range(0, CLIENTS)
                .mapToObj(i -> new AbortingClient(gateway, bucket, "client-" + i, token, new Random(1_000 * seed + i)))
                .toList();
    }

    /** Every client begins each round at the same moment. */
    private void together(List<AbortingClient> clients, int rounds) throws Exception {
        CyclicBarrier round = new CyclicBarrier(clients.size());
        List<Callable<Void>> calls = new ArrayList<>();
        clients.forEach(client -> calls.add(() -> acts(client, rounds, round)));
        for (Future<Void> done : threads.invokeAll(calls)) {
            done.get();
        }
    }

    private static Void acts(AbortingClient client, int rounds, CyclicBarrier round) throws Exception {
        for (int i = 0; i < rounds; i++) {
            round.await(60, TimeUnit.SECONDS);
            client.act();
        }
        return null;
    }
}
