package io.aerodb.storage.backends;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Buckets that move between the two local backends of one gateway. */
class MigrationIT {

    private static final String JOBS = "/admin/migrations";
    private static final int CLIENTS = 4;
    private static final int OBJECTS = 24;

    @TempDir
    private static Path root;

    private static Gateway gateway;
    private static Disk second;

    private final String user = Names.user();
    private final Api owner = gateway.asUser(user);
    private final Api service = gateway.asService();
    private final Random random = new Random(3);
    private final Map<String, byte[]> contents = new TreeMap<>();
    private final Map<String, String> etags = new HashMap<>();
    private final String bucket = owner.newBucket("private");
    private final String id = owner.get("/bucket/" + bucket).field("id");

    @BeforeAll
    static void start() {
        second = new Disk(root.resolve("second"));
        gateway = Gateway.start(
                "--storage.backends.second.kind=local",
                "--storage.backends.second.local.root=" + second.root(),
                "--storage.migrations.lease=3s",
                "--storage.migrations.poll-interval=200ms");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void readersAndWritersNoticeNothingWhileABucketMovesThereAndBack() throws Exception {
        fill(OBJECTS);
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService clients = Executors.newFixedThreadPool(2 * CLIENTS);
        try {
            List<Future<Integer>> requests = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                requests.add(clients.submit(() -> readUntil(done, number)));
                requests.add(clients.submit(() -> writeUntil(done, number)));
            }
            for (String target : List.of("second", "local")) {
                Answer job = ended(started(target, ", \"max_bytes_per_second\": \"4MB\""));
                assertThat(job.field("state")).isEqualTo("done");
                assertThat(job.json().path("objects").asInt()).isGreaterThanOrEqualTo(OBJECTS);
                assertEverythingLiesOn(target);
            }
            done.set(true);
            for (Future<Integer> client : requests) {
                assertThat(client.get()).as("requests of one client").isPositive();
            }
        } finally {
            done.set(true);
            clients.shutdownNow();
        }
        contents.keySet().forEach(this::assertSame);
        assertThat(metrics())
                .contains("storage_migration_bytes_total{")
                .containsPattern("storage_migration_objects_total\\{.*outcome=\"moved\".*target=\"second\"");
    }

    @Test
    void aGatewayThatWasKilledInTheMiddleGoesOnAfterItsRestart() throws Exception {
        fill(OBJECTS);
        String job = started("second", ", \"max_bytes_per_second\": 2000000").field("id");
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> job(job).json().path("objects").asInt() >= 4);

        gateway.kill();
        Instant killed = Instant.now();
        gateway.restart();

        Answer end = ended(job(job));
        assertThat(Instant.parse(end.field("finished_at"))).as("the end").isAfter(killed);
        assertThat(end.field("state")).isEqualTo("done");
        assertThat(end.json().path("objects").asInt()).isEqualTo(OBJECTS);
        assertThat(end.json().path("bytes").asLong())
                .isEqualTo(contents.values().stream()
                        .mapToLong(content -> content.length)
                        .sum());
        assertEverythingLiesOn("second");
        contents.keySet().forEach(this::assertSame);
    }

    @Test
    void aFileThatIsDamagedOrMissingIsReportedAndStaysWhereItIs() throws IOException {
        fill(4);
        Files.write(file("f0"), Bytes.random(random, contents.get("f0").length));
        Files.delete(file("f1"));

        Answer end = ended(started("second", ""));

        assertThat(end.field("state")).isEqualTo("failed");
        assertThat(end.json().path("failed").asInt()).isEqualTo(2);
        assertThat(end.json().path("objects").asInt()).isEqualTo(2);
        assertThat(end.field("last_error")).matches("f[01]: .*blob.*");
        assertThat(backends()).isEqualTo(Map.of("f0", "local", "f1", "local", "f2", "second", "f3", "second"));
        assertThat(second.blobs(id)).hasSize(2);
        assertThat(gateway.database()
                        .count(
                                "SELECT count(*) FROM storage.blobs WHERE bucket_id = ? AND corrupt_since IS NOT NULL",
                                id))
                .isEqualTo(2);
        assertThat(unfinished()).isZero();
    }

    @Test
    void anUploadThatBeganBeforeIsMovedWhenItEnds() throws IOException {
        byte[] content = Bytes.random(random, 300_000);
        PipedOutputStream slow = new PipedOutputStream();
        PipedInputStream body = new PipedInputStream(slow, content.length);
        CompletableFuture<Answer> upload = CompletableFuture.supplyAsync(
                () -> owner.exchange("POST", "/object/" + bucket + "/slow", BodyPublishers.ofInputStream(() -> body)));
        slow.write(content, 0, 100_000);
        slow.flush();
        await().until(() -> unfinished() == 1);
        Answer job = started("second", "");
        owner.upload(bucket, "later", Bytes.of("later")).expect(201);
        await().during(Duration.ofSeconds(1))
                .until(() -> job(job.field("id")).field("state").equals("running"));
        slow.write(content, 100_000, 200_000);
        slow.close();
        assertThat(upload.join()).hasStatus(201);
        assertThat(ended(job).field("state")).isEqualTo("done");
        assertThat(owner.download(bucket, "slow")).hasBody(content);
        assertThat(backends()).isEqualTo(Map.of("slow", "second", "later", "second"));
    }

    @Test
    void aMigrationToWhereEverythingLiesIsDoneAtOnce() {
        fill(2);
        Answer job = started("local", "");
        assertThat(job.field("state")).isEqualTo("done");
        assertThat(job.json().path("total_objects").asInt()).isZero();
    }

    @Test
    void aMigrationIsCancelledAndWhatItMovedStaysMoved() {
        fill(4);
        Answer job = started("second", ", \"max_bytes_per_second\": 65536");
        String path = JOBS + "/" + job.field("id");

        assertThat(service.postJson(JOBS, order("local", ""))).isRefused(409, "MigrationRunning");
        assertThat(service.delete(path).expect(200).field("state")).isEqualTo("cancelled");
        assertThat(service.delete(path).expect(200).field("state")).isEqualTo("cancelled");
        assertThat(service.get(JOBS).each("id")).contains(job.field("id"));
        contents.keySet().forEach(this::assertSame);
        await().until(() -> unfinished() == 0);
        assertThat(ended(started("local", "")).field("state")).isEqualTo("done");
        assertEverythingLiesOn("local");
    }

    @Test
    void whatCannotBeAskedForIsRefusedWithTheReason() {
        assertThat(service.postJson(JOBS, order("third", ""))).isRefusedBecauseOf("to", "InvalidRequest");
        assertThat(service.postJson(JOBS, order("third", ""))
                        .json()
                        .path("allowed")
                        .toString())
                .isEqualTo("[\"local\",\"second\"]");
        assertThat(service.postJson(JOBS, order("second", ", \"max_bytes_per_second\": 0")))
                .isRefusedBecauseOf("max_bytes_per_second", "InvalidRequest");
        assertThat(service.postJson(JOBS, "{\"to\": \"second\"}")).isRefusedBecauseOf("bucket", "InvalidRequest");
        assertThat(service.postJson(JOBS, "{\"bucket\": \"nowhere\", \"to\": \"second\"}"))
                .isRefused(404, "NoSuchBucket");
        assertThat(service.get(JOBS + "/unknown")).isRefused(404, "NoSuchKey");
        assertThat(owner.postJson(JOBS, order("second", ""))).isRefused(403, "AccessDenied");
    }

    private void fill(int count) {
        for (int i = 0; i < count; i++) {
            String path = "f" + i;
            contents.put(path, Bytes.random(random, 150_000 + random.nextInt(100_000)));
            etags.put(
                    path,
                    owner.upload(bucket, path, contents.get(path)).expect(201).field("etag"));
        }
    }

    private int readUntil(AtomicBoolean done, int client) {
        int reads = 0;
        for (; !done.get(); reads++) {
            assertSame("f" + (reads * CLIENTS + client) % OBJECTS);
        }
        return reads;
    }

    /** What each client writes and reads again is its own; it also copies, moves and deletes. */
    private int writeUntil(AtomicBoolean done, int client) {
        Random own = new Random(client);
        Map<String, byte[]> written = new ConcurrentHashMap<>();
        int writes = 0;
        for (; !done.get(); writes++) {
            String path = "own-" + client + "-" + own.nextInt(3);
            byte[] content = Bytes.random(own, 20_000);
            assertThat(owner.replace(bucket, path, content).status()).isBetween(200, 201);
            written.put(path, content);
            written.forEach((name, bytes) ->
                    assertThat(owner.download(bucket, name)).hasStatus(200).hasBody(bytes));
            String copy = "copy-%d-%d".formatted(client, writes);
            assertThat(owner.copy(bucket, "f" + writes % OBJECTS, copy)).hasStatus(200);
            assertThat(owner.download(bucket, copy)).hasBody(contents.get("f" + writes % OBJECTS));
            assertThat(owner.move(bucket, copy, copy + "-moved")).hasStatus(200);
            assertThat(owner.remove(bucket, copy + "-moved")).hasStatus(204);
        }
        return writes;
    }

    private void assertSame(String path) {
        assertThat(owner.download(bucket, path))
                .hasStatus(200)
                .hasHeader("ETag", etags.get(path))
                .hasBody(contents.get(path));
    }

    private void assertEverythingLiesOn(String target) {
        Disk disk = target.equals("second") ? second : gateway.disk();
        gateway.database()
                .rows("SELECT name, backend, blob_key FROM storage.objects WHERE bucket_id = ? AND name LIKE 'f%'", id)
                .forEach(row -> {
                    assertThat(row).as("%s", row.get("name")).containsEntry("backend", target);
                    assertThat(disk.blob((String) row.get("blob_key"))).exists();
                });
        assertThat(gateway.database()
                        .count(
                                "SELECT count(*) FROM storage.blobs WHERE bucket_id = ? AND backend <> ? AND state = 'live'",
                                id,
                                target))
                .isZero();
    }

    private Map<String, String> backends() {
        Map<String, String> found = new TreeMap<>();
        gateway.database()
                .rows("SELECT name, backend FROM storage.objects WHERE bucket_id = ?", id)
                .forEach(row -> found.put((String) row.get("name"), (String) row.get("backend")));
        return found;
    }

    private long unfinished() {
        return gateway.database()
                .count("SELECT count(*) FROM storage.blobs WHERE bucket_id = ? AND state = 'writing'", id);
    }

    private Path file(String path) {
        String key = (String) gateway.database()
                .rows("SELECT blob_key FROM storage.objects WHERE bucket_id = ? AND name = ?", id, path)
                .get(0)
                .get("blob_key");
        return gateway.disk().blob(key);
    }

    private String order(String target, String more) {
        return "{\"bucket\": \"%s\", \"to\": \"%s\"%s}".formatted(bucket, target, more);
    }

    private Answer started(String target, String more) {
        return service.postJson(JOBS, order(target, more)).expect(201);
    }

    private Answer job(String job) {
        return service.get(JOBS + "/" + job).expect(200);
    }

    private Answer ended(Answer job) {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> job(job.field("id")), now -> !now.field("state").equals("running"));
    }

    private static String metrics() {
        return gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/prometheus"), BodyPublishers.noBody())
                .text();
    }
}
