package io.aerodb.storage.scrub;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.s3.S3ProxyServer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Metrics;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.StoredInS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Damage on a disk and in S3, found by a gateway that reads everything again each second, without a download. */
class ScrubIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final byte[] STORED = Bytes.of("what was stored");
    private static final byte[] OTHER = Bytes.of("what was st0red");

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
                "--storage.scrub.interval=1s",
                "--storage.verify-on-read=sampled",
                "--storage.verify-on-read-fraction=1");
        gateway = Gateway.start(Stream.concat(other, own).toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        s3.bucket().close();
        server.close();
    }

    @Test
    void whatIsDamagedOnTheDiskIsToldAndRefusedUntilItIsRestored() throws IOException {
        String bucket = bucket("{\"name\": \"%s\", \"backend\": \"local\"}");
        Path file = gateway.disk().blob(upload(bucket));
        Files.write(file, OTHER);
        awaitMark(bucket);

        assertThat(listed(bucket)).hasSize(1);
        JsonNode object = listed(bucket).get(0);
        assertThat(object.path("path").asString()).isEqualTo("path");
        assertThat(object.path("backend").asString()).isEqualTo("local");
        assertThat(object.path("corrupt_since").asString()).isNotEmpty();
        assertThat(gateway.database()
                        .count(
                                "SELECT count(*) FROM storage.events WHERE type = 'storage.object.corrupted' AND bucket = ?",
                                bucket))
                .isEqualTo(1);
        assertThat(gateway.output())
                .containsPattern(
                        "event=blob_damaged backend=local key=\\S+%s reason=checksum".formatted(file.getFileName()));
        await().atMost(LIMIT)
                .until(() -> metric("storage_corrupt_objects", "local") == 1
                        && metric("storage_scrub_files_total", "outcome=\"checksum\"") > 0);
        assertThat(service.download(bucket, "path")).isRefused(500, "ChecksumMismatch");
        assertThat(service.download(bucket, "path", "Range", "bytes=0-3")).isRefused(500, "ChecksumMismatch");
        assertThat(service.head(bucket, "path")).as("reads no byte").hasStatus(200);
        assertThat(metric("storage_corrupt_reads_total", "reason=\"known\"")).isGreaterThanOrEqualTo(2);

        Files.write(file, STORED);
        await().atMost(LIMIT).until(() -> listed(bucket).isEmpty());

        assertThat(service.download(bucket, "path", "Range", "bytes=0-3")).hasStatus(206);
        assertThat(object(bucket).path("last_verified").asString()).isNotEmpty();
        assertThat(object(bucket).path("corrupt_since").isNull()).isTrue();
    }

    @Test
    void whatIsDamagedInS3IsNeverRedirectedTo() {
        String bucket = bucket("{\"name\": \"%s\", \"backend\": \"s3\", \"redirect_reads_from\": 0}");
        String key = upload(bucket);
        assertThat(service.download(bucket, "path", "Range", "bytes=0-3")).hasStatus(307);

        s3.bucket().put(key, OTHER);
        awaitMark(bucket);

        assertThat(service.download(bucket, "path", "Range", "bytes=0-3")).isRefused(500, "ChecksumMismatch");
        assertThat(service.download(bucket, "path")).isRefused(500, "ChecksumMismatch");
        String link = service.sign(bucket, "path").field("signedURL");
        assertThat(gateway.anonymously().get(link)).isRefused(500, "ChecksumMismatch");
        s3.bucket().delete(key);
        await().atMost(LIMIT).until(() -> metric("storage_scrub_files_total", "outcome=\"missing\"") > 0);
        s3.bucket().put(key, STORED);
        await().atMost(LIMIT).until(() -> listed(bucket).isEmpty());
        assertThat(service.download(bucket, "path", "Range", "bytes=0-3")).hasStatus(307);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThat(service.get("/admin/corrupt?bucket=x")).isRefused(400, "InvalidRequest");
        assertThat(service.get("/admin/corrupt?limit=0")).isRefused(400, "InvalidRequest");
        assertThat(service.get("/admin/corrupt?bucket=x&path=y")).hasBody(Bytes.of("[]"));
    }

    private String bucket(String json) {
        String name = Names.bucket("scrub");
        service.createBucket(json.formatted(name)).expect(201);
        return name;
    }

    /** The key of a new object. */
    private String upload(String bucket) {
        assertThat(service.upload(bucket, "path", STORED)).hasStatus(201);
        return object(bucket).path("key").asString();
    }

    private void awaitMark(String bucket) {
        await().atMost(LIMIT).until(() -> !listed(bucket).isEmpty());
    }

    private List<JsonNode> listed(String bucket) {
        return rows("/admin/corrupt?limit=1000").stream()
                .filter(row -> row.path("bucket").asString().equals(bucket))
                .toList();
    }

    private JsonNode object(String bucket) {
        return rows("/admin/corrupt?bucket=%s&path=path".formatted(bucket)).get(0);
    }

    private List<JsonNode> rows(String address) {
        return JsonMapper.shared()
                .readTree(service.get(address).expect(200).body())
                .valueStream()
                .toList();
    }

    private static double metric(String name, String label) {
        return new Metrics(gateway).sum(name, label);
    }
}
