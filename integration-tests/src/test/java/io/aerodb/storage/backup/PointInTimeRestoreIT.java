package io.aerodb.storage.backup;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.BaseBackup;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.PostgresServer;
import io.aerodb.storage.harness.RawHttp;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A database restored to an earlier moment from a base backup and the archived log, on a second server, beside the first one,
 * and both on the volume that went on meanwhile.
 */
class PointInTimeRestoreIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String LOOK = "{\"dry_run\": true}";
    private static final String CLEAN = "{\"dry_run\": false}";
    private static final String GO = "{\"backend\": \"local\", \"dry_run\": false, \"go\": true}";

    @TempDir
    private Path volume;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private PostgresServer server;
    private Database database;
    private Gateway gateway;
    private Changes changes;
    private BaseBackup backup;

    private PostgresServer restoredServer;
    private Database restored;
    private Gateway second;

    @BeforeEach
    void start() throws Exception {
        server = opened(PostgresServer.archiving());
        database = server.newDatabase();
        gateway = opened(gateway(server, database));
        changes = new Changes(gateway.asService());
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void everyFileOfTheMomentIsThereAndNothingIsWrittenOrCleanedUpUntilAPersonSaysGo() throws Exception {
        changes.create("before", 12);
        backup = BaseBackup.of(server, database, () -> changes.create("meanwhile", 4));
        changes.some();
        try (RawHttp late = RawHttp.open(gateway.port())) {
            beginUpload(late);
            backup.mark("the_moment");
            Map<String, String> objects = changes.objects();
            assertThat(late.write(new byte[1000]).answer()).hasStatus(201);
            changeAndClean();
            String deleted = pastTheWindow();

            restoreTo("the_moment");

            assertThat(namesIn(restored)).isEqualTo(objects.keySet());
            objects.remove(reportedAsMissing(deleted));
            assertThat(readable(objects)).isEqualTo(objects);
            theFirstOneTakesUploadsAndNeitherCleansUp();
            afterGoItIsTheSecondOne();
            assertThat(namesIn(restored)).isEqualTo(objects.keySet());
            whatCameLaterGoesAfterItsGraceTimes();
            assertThat(readable(objects)).isEqualTo(objects);
        }
    }

    /** Begun before the moment and committed after it. */
    private void beginUpload(RawHttp client) throws Exception {
        client.request(
                "POST /storage/v1/object/%s/late HTTP/1.1".formatted(changes.bucket()),
                "Authorization: Bearer " + gateway.tokens().service(),
                "Content-Length: 2000");
        client.write(new byte[1000]);
        await().atMost(LIMIT).until(() -> disk().unfinished().size() == 1);
    }

    /** After the moment, with a collector that would delete what it may; and the volume's token is a new one. */
    private void changeAndClean() {
        changes.create("later", 5);
        changes.some();
        changes.removeAllOfOtherBucket();
        database.execute("DELETE FROM storage.objects WHERE name LIKE 'meanwhile%'");
        assertThat(outcome(gateway, GO)).isEqualTo("done");
        assertThat(database.count("SELECT count(*) FROM storage.blobs WHERE state = 'garbage'"))
                .as("what it left")
                .isGreaterThan(10);
    }

    private void restoreTo(String moment) throws Exception {
        restoredServer = opened(backup.restore(moment));
        restored = restoredServer.holding(database);
        second = opened(gateway(restoredServer, restored));
    }

    private void theFirstOneTakesUploadsAndNeitherCleansUp() {
        assertThat(upload(gateway)).hasStatus(201);
        assertThat(upload(second)).isRefused(503, "ServiceUnavailable");
        Set<String> before = files();
        assertThat(outcome(gateway, CLEAN)).isEqualTo("stopped");
        assertThat(outcome(second, CLEAN)).isEqualTo("stopped");
        assertThat(restored.count("SELECT count(*) FROM storage.blobs WHERE state = 'writing'"))
                .as("not swept")
                .isEqualTo(1);
        assertThat(files()).isEqualTo(before);
        assertThat(readiness(second)).contains("the volume has been used by another or a newer database");
    }

    /** The file of an object whose time is over, which the first gateway deletes. */
    private String pastTheWindow() {
        String key = (String) database.rows("""
                SELECT key FROM storage.blobs WHERE state = 'garbage' AND key LIKE '%~meanwhile-%' LIMIT 1""").get(0).get("key");
        database.execute("UPDATE storage.blobs SET not_before = now() WHERE key = ?", key);
        assertThat(outcome(gateway, CLEAN)).isEqualTo("done");
        assertThat(files()).doesNotContain(key);
        return key;
    }

    /** The path of its object. */
    private String reportedAsMissing(String key) {
        String name = (String) restored.rows("SELECT name FROM storage.objects WHERE blob_key = ?", key)
                .get(0)
                .get("name");
        assertThat(missing(second)).containsExactly(key);
        assertThat(second.asService().download(changes.bucket(), name)).isRefused(500, "InternalError");
        assertThat(second.asService().get("/admin/corrupt").text()).contains(name);
        return changes.bucket() + "/" + name;
    }

    private void afterGoItIsTheSecondOne() throws Exception {
        gateway.stop();
        assertThat(outcome(second, GO)).isEqualTo("done");
        assertThat(outcome(second, GO))
                .as("what is missing goes in the second run")
                .isEqualTo("done");

        Set<String> before = files();
        assertThat(outcome(second, CLEAN)).isEqualTo("done");
        gateway.restart();
        assertThat(upload(gateway)).isRefused(503, "ServiceUnavailable");
        assertThat(outcome(gateway, CLEAN)).isEqualTo("stopped");
        assertThat(outcome(second, CLEAN))
                .as("the first one has been there again")
                .isEqualTo("stopped");
        gateway.stop();
        assertThat(outcome(second, GO)).isEqualTo("done");
        assertThat(files()).as("all of it is younger than its grace times").isEqualTo(before);
    }

    private Answer upload(Gateway to) {
        return to.asService().upload(changes.bucket(), "for-a-try", Bytes.of("for a try"));
    }

    /** Unknown files first have to be old, and then they stay for as long as those of deleted objects. */
    private void whatCameLaterGoesAfterItsGraceTimes() throws Exception {
        for (String file : files()) {
            Files.setLastModifiedTime(
                    volume.resolve(file), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        }
        Set<String> before = files();
        assertThat(outcome(second, GO)).isEqualTo("done");
        assertThat(files()).isEqualTo(before);

        restored.execute("UPDATE storage.blobs SET not_before = now() WHERE state = 'garbage'");
        assertThat(outcome(second, CLEAN)).isEqualTo("done");
        assertThat(files()).isEqualTo(keys(restored));
    }

    /** The checksums of those that can be read. */
    private Map<String, String> readable(Map<String, String> objects) {
        return objects.keySet().stream()
                .collect(Collectors.toMap(
                        name -> name,
                        name -> Bytes.sha256(changes.download(second, name).body())));
    }

    private Gateway gateway(PostgresServer postgres, Database its) {
        Stream<String> own = Stream.of(
                "--storage.local.root=" + volume,
                "--storage.cleanup.enabled=false",
                "--storage.cleanup.dead-after=1s",
                "--storage.cleanup.grace-deleted=1h");
        return Launch.fresh(Stream.concat(own, postgres.settings(its, postgres.port()).stream())
                        .toArray(String[]::new))
                .onJvm(Launch.QUICK_JVM.toArray(String[]::new))
                .start();
    }

    private static String outcome(Gateway of, String order) {
        List<JsonNode> lines = report(of, order);
        return lines.get(lines.size() - 1).path("outcome").asString();
    }

    private static List<String> missing(Gateway of) {
        return report(of, LOOK).stream()
                .filter(line -> line.path("kind").asString("").equals("missing"))
                .map(line -> line.path("key").asString())
                .toList();
    }

    private static List<JsonNode> report(Gateway of, String order) {
        Answer answer = of.asService().postJson("/admin/orphans", order).expect(200);
        return answer.text().lines().map(JsonMapper.shared()::readTree).toList();
    }

    private static String readiness(Gateway of) {
        return of.anonymously()
                .exchange("GET", of.management().resolve("/actuator/health"), BodyPublishers.noBody())
                .text();
    }

    private static Set<String> namesIn(Database of) {
        return texts(
                of,
                "SELECT b.name || '/' || o.name AS text FROM storage.objects o"
                        + " JOIN storage.buckets b ON b.id = o.bucket_id");
    }

    private static Set<String> keys(Database of) {
        return texts(of, "SELECT blob_key AS text FROM storage.objects");
    }

    private static Set<String> texts(Database of, String query) {
        return of.rows(query).stream()
                .map(row -> (String) row.get("text"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Disk disk() {
        return new Disk(volume);
    }

    private Set<String> files() {
        return new TreeSet<>(disk().blobs(""));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }
}
