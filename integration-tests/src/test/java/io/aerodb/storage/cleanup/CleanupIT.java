package io.aerodb.storage.cleanup;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.s3.S3ProxyServer;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.StoredInS3;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of bytes that nobody refers to, on a disk and in S3, by one call of a gateway without grace times. */
class CleanupIT {

    private static final int MIB = 1024 * 1024;

    private static S3ProxyServer server;
    private static StoredInS3 s3;
    private static Gateway gateway;

    private final Api service = gateway.asService();

    @BeforeAll
    static void start() {
        server = S3ProxyServer.inMemory();
        s3 = StoredInS3.on(server);
        Stream<String> other = s3.settings().stream().filter(setting -> !setting.contains("storage.local"));
        Stream<String> own = Stream.of(
                "--storage.cleanup.grace-failed=0s",
                "--storage.cleanup.grace-deleted=0s",
                "--storage.cleanup.collect-interval=1d");
        gateway = Gateway.start(Stream.concat(other, own).toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        s3.bucket().close();
        server.close();
    }

    @Test
    void oneCallAfterAKillLeavesTheBytesOfObjectsAndNothingElse() throws Exception {
        String onDisk = bucket("local");
        String inS3 = bucket("s3");
        for (String bucket : List.of(onDisk, inS3)) {
            upload(bucket, "kept");
            upload(bucket, "overwritten");
            assertThat(service.replace(bucket, "overwritten", Bytes.of("second")))
                    .hasStatus(200);
            upload(bucket, "deleted");
            gateway.database().execute("DELETE FROM storage.objects WHERE name = 'deleted'");
        }
        s3.bucket().beginUpload(key());
        s3.bucket().put(key(), Bytes.of("unknown"));
        try (RawHttp client = RawHttp.open(gateway.port())) {
            beginUpload(client, onDisk);
            gateway.kill();
        }
        gateway.restart();
        List<JsonNode> lines = cleanUp("{\"dry_run\": false}");

        JsonNode summary = lines.get(lines.size() - 1);
        assertThat(summary.path("event").asString()).isEqualTo("summary");
        assertThat(summary.path("outcome").asString()).isEqualTo("done");
        assertThat(summary.path("unknown").asInt()).isEqualTo(1);
        assertThat(summary.path("swept").asInt() + summary.path("unfinished").asInt())
                .as("that of S3, and that on disk, which a database that was killed too may not know: %s", summary)
                .isEqualTo(2);
        assertThat(gateway.database().count("SELECT count(*) FROM storage.blobs"))
                .isEqualTo(4);
        assertThat(gateway.database().count("SELECT count(*) FROM storage.blobs WHERE state = 'live'"))
                .isEqualTo(4);
        assertThat(blobs(gateway.disk().files())).hasSize(2);
        assertThat(blobs(s3.files())).hasSize(2);
        assertThat(s3.unfinished()).isEmpty();
        assertThat(gateway.disk().unfinished()).isEmpty();
        assertThat(service.download(onDisk, "kept")).hasStatus(200);
        assertThat(service.download(inS3, "overwritten")).hasBody(Bytes.of("second"));
        assertThat(new Metrics(gateway).sum("storage_orphan_files_total", "backend=\"s3\""))
                .isEqualTo(2);
    }

    @Test
    void aDryRunOfOneBackendTellsWhatItFindsAndLeavesIt() {
        String key = key();
        s3.bucket().put(key, Bytes.of("unknown"));
        try {
            List<JsonNode> lines = cleanUp("{\"backend\": \"s3\"}");

            assertThat(lines)
                    .filteredOn(line -> line.path("event").asString().equals("orphan"))
                    .extracting(line -> line.path("key").asString())
                    .containsExactly(key);
            assertThat(lines.get(lines.size() - 1).path("dry_run").asBoolean()).isTrue();
            assertThat(s3.files()).contains(key);
        } finally {
            s3.bucket().delete(key);
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThat(service.postJson("/admin/orphans", "{\"backend\": \"tape\"}"))
                .isRefused(400, "InvalidRequest");
        assertThat(service.postJson("/admin/orphans", "{\"dry_run\": true, \"go\": true}"))
                .isRefused(400, "InvalidRequest");
        assertThat(service.postJson("/admin/orphans", "{\"dry_run\": false, \"go\": true}")
                        .expect(400)
                        .field("field"))
                .as("go is said of one backend")
                .isEqualTo("backend");
        assertThat(gateway.asUser(Names.user()).postJson("/admin/orphans", "{}"))
                .hasStatus(403);
    }

    private List<JsonNode> cleanUp(String order) {
        Answer answer = service.postJson("/admin/orphans", order).expect(200);
        assertThat(answer).hasHeader("Content-Type", "application/x-ndjson");
        return answer.text().lines().map(JsonMapper.shared()::readTree).toList();
    }

    private String bucket(String backend) {
        String name = Names.bucket(backend);
        service.createBucket("{\"name\": \"%s\", \"backend\": \"%s\"}".formatted(name, backend))
                .expect(201);
        return name;
    }

    private void upload(String bucket, String path) {
        assertThat(service.upload(bucket, path, Bytes.of(path))).hasStatus(201);
    }

    /** An upload whose client has sent a part of it and is still there. */
    private void beginUpload(RawHttp client, String bucket) throws IOException {
        client.request(
                "POST /storage/v1/object/%s/unfinished HTTP/1.1".formatted(bucket),
                "Authorization: Bearer " + gateway.tokens().service(),
                "Content-Length: " + 2 * MIB);
        client.write(new byte[MIB]);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !gateway.disk().unfinished().isEmpty());
    }

    private static List<String> blobs(List<String> files) {
        return files.stream().filter(file -> file.contains("/")).toList();
    }

    private static String key() {
        UUID version = UUID.randomUUID();
        return "%s/%s/%s~file".formatted(UUID.randomUUID(), version.toString().substring(34), version);
    }
}
