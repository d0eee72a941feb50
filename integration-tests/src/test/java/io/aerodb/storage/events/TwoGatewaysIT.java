package io.aerodb.storage.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.events.EventStream.Message;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two gateways on one database: each tells what the other one did, whatever becomes of the connections they listen on. */
class TwoGatewaysIT {

    private static final String LISTENING = "FROM pg_stat_activity WHERE application_name = 'aerodb-storage-events'"
            + " AND datname = current_database()";
    private static final int CHANGES = 60;

    private static Database database;
    private static Gateway one;
    private static Gateway other;

    @BeforeAll
    static void start() {
        Database server = SharedGateway.get().database();
        String name = Names.bucket("pair").replace('-', '_');
        server.execute("CREATE DATABASE " + name);
        database = server.named(name);
        Launch launch = Launch.fresh(
                        "--storage.database.host=127.0.0.1",
                        "--storage.database.port=" + server.port(),
                        "--storage.database.name=" + name,
                        "--storage.database.username=pair_login",
                        "--storage.database.password=pair-password",
                        "--storage.database.pool-size=4",
                        "--storage.database.ssl-mode=disable",
                        "--storage.database.migration.username=" + server.user(),
                        "--storage.database.migration.password=" + server.password(),
                        "--storage.events.poll-interval=1m")
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new));
        one = launch.start();
        other = one.launch().elsewhere().start();
    }

    @AfterAll
    static void stop() {
        other.close();
        one.close();
    }

    @Test
    void nothingIsLostOrInventedOrOutOfOrderWhileTheConnectionsToListenAreKilled() throws Exception {
        String token = one.tokens().user(Names.user());
        Api first = one.as(token);
        Api second = other.as(token);
        String bucket = first.newBucket("private");
        await("listening").untilAsserted(() -> assertThat(listeners()).isEqualTo(2));
        try (EventStream here = EventStream.listen(one, token, "?bucket=" + bucket);
                EventStream there = EventStream.listen(other, token, "?bucket=" + bucket)) {
            List<CompletableFuture<Void>> writers = List.of(writing(first, bucket, "a"), writing(second, bucket, "b"));
            int killed = 0;
            while (writers.stream().anyMatch(writer -> !writer.isDone())) {
                killed += database.rows("SELECT pg_terminate_backend(pid) " + LISTENING)
                        .size();
                await("listening again")
                        .atMost(Duration.ofSeconds(10))
                        .pollInterval(Duration.ofMillis(50))
                        .untilAsserted(() -> assertThat(listeners()).isEqualTo(2));
            }
            for (CompletableFuture<Void> writer : writers) {
                writer.get();
            }
            assertThat(killed).isGreaterThanOrEqualTo(2);

            await("numbered").untilAsserted(() -> assertThat(
                            database.count("SELECT count(*) FROM storage.events WHERE sequence IS NULL"))
                    .isZero());
            List<String> logged = logged(bucket);
            assertThat(logged).hasSize(2 * 3 * CHANGES);
            List<Message> toldHere = here.next(logged.size());
            List<Message> toldThere = there.next(logged.size());
            assertThat(toldHere).extracting(TwoGatewaysIT::text).containsExactlyElementsOf(logged);
            assertThat(toldThere).extracting(TwoGatewaysIT::text).containsExactlyElementsOf(logged);
            assertThat(here.rest()).isEmpty();
            assertThat(there.rest()).isEmpty();
        }
        assertThat(new Metrics(one).value("storage_event_listen_up")).isEqualTo(1);
        assertThat(new Metrics(one).value("storage_event_lag_seconds")).isBetween(0.0, 30.0);
    }

    private static CompletableFuture<Void> writing(Api api, String bucket, String folder) {
        return CompletableFuture.runAsync(() -> {
            for (int i = 0; i < CHANGES; i++) {
                String path = folder + "/" + i;
                api.upload(bucket, path, Bytes.of("x")).expect(201);
                api.move(bucket, path, path + "-moved").expect(200);
                api.remove(bucket, path + "-moved").expect(204);
            }
        });
    }

    private static long listeners() {
        return database.count("SELECT count(*) " + LISTENING);
    }

    private static List<String> logged(String bucket) {
        List<String> logged = new ArrayList<>();
        database.rows(
                        "SELECT sequence, type, path FROM storage.events WHERE bucket = ? AND object_id IS NOT NULL ORDER BY sequence",
                        bucket)
                .forEach(row -> logged.add(row.get("sequence") + " " + row.get("type") + " " + row.get("path")));
        return logged;
    }

    private static String text(Message message) {
        return message.sequence() + " " + message.event() + " " + message.path();
    }
}
