package io.aerodb.storage.upgrade;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Balancer;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The rolling upgrade of a cluster, with processes in place of Pods: under load from all kinds of clients the schema becomes a
 * newer one, and gateway by gateway goes as the chart has it go. Clients see connections break between two requests, and nothing else.
 */
class RollingUpgradeIT {

    private static final int MIB = 1024 * 1024;
    /** More than the buffers between gateway and client hold. */
    private static final int LARGE = 10 * MIB;

    /** More than one part of an upload to S3. */
    private static final int PARTS = 9 * MIB;

    private static final int SMALL = 30_000;
    /** Longer than preStop and the few seconds that the web server would wait without being told to. */
    private static final Duration BEHIND_SIGTERM = Duration.ofSeconds(5);

    private static final String BASE = "base";

    private final List<Pod> gone = new ArrayList<>();
    private final Deque<Pod> pods = new ArrayDeque<>();
    private final Balancer service = new Balancer(Pod.SPREADING);
    private Release release;
    private Load load;
    private Told stream;
    private Told socket;

    @Test
    void twoGatewaysAreReplacedByNewerOnesAndNoClientLosesAnything() throws Exception {
        play(2, 0);
    }

    @Test
    @Tag("slow") // some minutes
    void gatewaysAreReplacedAgainAndAgainUnderALargerLoad() throws Exception {
        play(10, 4);
    }

    /** @param again how often the new ones are replaced by their like, as after changes of the configuration */
    private void play(int clients, int again) throws Exception {
        release = new Release("--storage.shutdown-timeout=" + Pod.SHUTDOWN_TIMEOUT.toSeconds() + "s");
        startBoth();
        begin(clients);
        migrate(NewerGateway.jar());
        for (int i = 0; i <= again; i++) {
            rollOut();
        }
        end(clients);
    }

    @AfterEach
    void stop() throws Exception {
        if (load != null) {
            load.close();
        }
        service.close();
        for (Pod pod : pods) {
            pod.gateway().kill();
        }
        pods.forEach(pod -> pod.gateway().close());
        gone.forEach(pod -> pod.gateway().close());
    }

    private void migrate(Path jar) throws Exception {
        Shell migration = release.migrate(jar);
        assertThat(migration.exitCode()).as(migration.out() + migration.err()).isZero();
    }

    private void startBoth() {
        CompletableFuture<Pod> other =
                CompletableFuture.supplyAsync(() -> Pod.started(release.migratingGateway(), service));
        pods.add(Pod.started(release.migratingGateway(), service));
        pods.add(other.join());
    }

    private void begin(int clients) throws Exception {
        String token = pods.element().gateway().tokens().user(Names.user());
        Api api = pods.element().gateway().as(token);
        load = new Load(service.port(), token, api.newBucket("private"));
        byte[] base = Bytes.random(new Random(0), LARGE);
        api.replace(load.bucket(), BASE, base).expect(200);
        load.acknowledged().stored(BASE, base);
        stream = load.followed(told -> new StreamFollower(load, told));
        socket = load.followed(told -> new SocketFollower(load, told));
        LongTransfers transfers = new LongTransfers(load, service.port(), Duration.ofSeconds(3));
        load.client(() -> transfers.uploads(0, PARTS));
        for (int i = 0; i < clients; i++) {
            load.client(new SmallFiles(load, i));
        }
        for (int i = 1; i < clients; i++) {
            int number = i;
            load.client(() -> transfers.uploads(number, SMALL));
            load.client(() -> transfers.downloads(BASE));
        }
    }

    /** As with {@code maxSurge: 1, maxUnavailable: 0}: a new one is ready before an old one goes, and the next one starts meanwhile. */
    private void rollOut() throws Exception {
        CompletableFuture<Void> going = CompletableFuture.completedFuture(null);
        for (int i = 0; i < 2; i++) {
            pods.add(Pod.started(release.gateway(NewerGateway.jar()), service));
            going.join();
            Pod old = pods.remove();
            gone.add(old);
            going = CompletableFuture.runAsync(() -> delete(old));
            load.check();
        }
        going.join();
    }

    /** In the middle of an upload and a download, which it sees to the end. */
    private void delete(Pod pod) {
        try {
            LongTransfers transfers = new LongTransfers(load, pod.gateway().port(), BEHIND_SIGTERM);
            load.client(() -> transfers.upload("long-at/" + pod.gateway().port(), SMALL));
            load.client(() -> transfers.download(BASE));
            pod.delete();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(int clients) throws Exception {
        load.stop();
        System.out.println(load.acknowledged());
        followersWereToldEverythingInOrder();
        assertThat(service.refused()).as("connections that nobody took").isZero();
        assertThat(load.acknowledged().brokenWhenNew())
                .as("connections that were taken and not served")
                .isZero();
        assertThat(load.acknowledged().brokenWhenKept())
                .as("kept connections that broke: one of each client at each stop, at most")
                .isLessThanOrEqualTo(clients * gone.size());
        everythingIsThere();
        for (Pod pod : gone) {
            assertThat(pod.complaints()).as("what an old gateway logged").isEmpty();
            assertThat(pod.endedInShutdown("upload", LongTransfers.FOLDER))
                    .as("uploads that a stop waited for")
                    .isNotEmpty();
            assertThat(pod.endedInShutdown("download", BASE))
                    .as("downloads that a stop waited for")
                    .isNotEmpty();
        }
    }

    private void followersWereToldEverythingInOrder() {
        Database database = release.database().database();
        for (Told told : List.of(stream, socket)) {
            await("all events").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(told.events())
                    .containsExactlyElementsOf(logged(database)));
            assertThat(told.faults()).isEmpty();
            assertThat(told.connections()).isGreaterThan(1);
        }
    }

    private List<String> logged(Database database) {
        return database
                .rows(
                        "SELECT sequence, type, path FROM storage.events WHERE bucket = ? AND object_id IS NOT NULL ORDER BY sequence",
                        load.bucket())
                .stream()
                .map(row -> Told.text(row.get("sequence"), row.get("type"), row.get("path")))
                .toList();
    }

    private void everythingIsThere() {
        Database database = release.database().database();
        assertThat(database.rows(
                        "SELECT o.name, o.checksum FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id WHERE b.name = ?",
                        load.bucket()))
                .as("rows")
                .hasSameSizeAs(load.acknowledged().objects().entrySet())
                .allSatisfy(row -> assertThat(row.get("checksum"))
                        .isEqualTo(load.acknowledged().objects().get((String) row.get("name"))));
        Api api = pods.element().gateway().as(load.token());
        load.acknowledged().objects().keySet().forEach(path -> {
            Answer answer = api.download(load.bucket(), path);
            assertThat(answer).hasStatus(200);
            load.acknowledged().isThere(path, answer.body());
        });
        assertThat(database.count("SELECT count(*) FROM storage.blobs WHERE state = 'writing'"))
                .as("unfinished uploads")
                .isZero();
        assertThat(database.count("SELECT count(*) FROM storage.instances"))
                .as("leases")
                .isEqualTo(2);
    }
}
