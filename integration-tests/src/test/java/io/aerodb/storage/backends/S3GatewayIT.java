package io.aerodb.storage.backends;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.s3.S3ProxyServer;
import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.StoredInS3;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway whose bytes lie in S3, on a server of its own that can be killed. */
class S3GatewayIT {

    private static final int MIB = 1024 * 1024;
    private static final Random RANDOM = new Random(1);

    @TempDir
    private static Path root;

    private static S3ProxyServer server;
    private static StoredInS3 stored;
    private static Gateway gateway;

    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() {
        server = S3ProxyServer.inMemory();
        stored = StoredInS3.on(server);
        List<String> more = List.of(
                "--storage.default-backend=s3",
                "--storage.backends.disk.kind=local",
                "--storage.backends.disk.local.root=" + root.resolve("disk"),
                "--storage.migrations.poll-interval=200ms");
        gateway = Gateway.start(
                Stream.concat(stored.settings().stream(), more.stream()).toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        gateway.close();
        stored.bucket().close();
        server.close();
    }

    @Test
    void objectsOfOnePartAndOfManyGoInAndOut() {
        for (int size : new int[] {0, 1, 100_000, 8 * MIB, 8 * MIB + 1, 20 * MIB + 3}) {
            byte[] content = Bytes.random(RANDOM, size);

            assertThat(api.upload(bucket, "known-" + size, content)).hasStatus(201);
            assertThat(api.uploadChunked(bucket, "unknown-" + size, content)).hasStatus(201);

            assertThat(api.download(bucket, "known-" + size)).hasStatus(200).hasBody(content);
            assertThat(api.download(bucket, "unknown-" + size)).hasStatus(200).hasBody(content);
        }
        assertThat(stored.unfinished()).isEmpty();
    }

    @Test
    void aRangeIsExact() {
        byte[] content = Bytes.random(RANDOM, MIB);
        api.upload(bucket, "file", content).expect(201);

        assertThat(api.download(bucket, "file", "Range", "bytes=1000-300000"))
                .hasStatus(206)
                .hasHeader("content-range", "bytes 1000-300000/1048576")
                .hasBody(Arrays.copyOfRange(content, 1000, 300_001));
    }

    @Test
    void noLocalDirectoryIsMade() {
        assertThat(gateway.launch().data().resolve("objects")).doesNotExist();
    }

    @Test
    void aClientThatLeavesInTheMiddleLeavesNothingInS3() throws Exception {
        for (int sent : new int[] {10, 3 * MIB, 17 * MIB}) {
            try (RawHttp client = RawHttp.open(gateway.port())) {
                client.request(
                                "POST /storage/v1/object/%s/left HTTP/1.1".formatted(bucket),
                                "Authorization: Bearer " + gateway.tokens().service(),
                                "Content-Length: " + 20 * MIB)
                        .write(Bytes.random(RANDOM, sent))
                        .abort();
            }
        }

        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void aRefusedDigestLeavesNothingInS3() {
        byte[] content = Bytes.random(RANDOM, 9 * MIB);

        assertThat(api.upload(bucket, "file", content, "Content-Digest", "sha-256=:" + "A".repeat(43) + "=:"))
                .isRefused(400, "BadDigest");

        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void aServerThatIsKilledAndComesBackNeedsNobody() {
        byte[] content = Bytes.random(RANDOM, 100_000);
        api.upload(bucket, "before", content).expect(201);

        server.kill();
        try {
            assertThat(api.upload(bucket, "meanwhile", content)).isRefused(503, "ServiceUnavailable");
            Answer refused = api.download(bucket, "before");
            assertThat(refused).isRefused(503, "ServiceUnavailable");
            assertThat(refused.header("retry-after")).isPresent();
            assertThat(readiness().status()).isEqualTo(503);
        } finally {
            server.restart();
        }

        await("readiness")
                .atMost(Duration.ofSeconds(20))
                .until(() -> readiness().status() == 200);
        assertThat(api.download(bucket, "before")).hasStatus(200).hasBody(content);
        assertThat(api.upload(bucket, "after", content)).hasStatus(201);
        assertThat(api.download(bucket, "meanwhile")).hasStatus(404);
        Leftovers.in(gateway, bucket).vanish();
    }

    @Test
    void anAcknowledgedObjectIsThereAfterAKill() throws Exception {
        byte[] content = Bytes.random(RANDOM, 9 * MIB);
        api.upload(bucket, "acknowledged", content).expect(201);

        gateway.kill();
        gateway.restart();

        assertThat(api.download(bucket, "acknowledged")).hasStatus(200).hasBody(content);
    }

    @Test
    void anObjectThatS3LostIsAnErrorAndNoEmptyAnswer() {
        api.upload(bucket, "file", Bytes.of("content")).expect(201);
        String id = api.get("/bucket/" + bucket).field("id");
        List<String> keys = stored.blobs(id);
        keys.forEach(stored.bucket()::delete);

        assertThat(api.download(bucket, "file")).isRefused(500, "InternalError");
    }

    @Test
    void aBucketMovesToADiskAndBack() {
        byte[] small = Bytes.random(RANDOM, 1000);
        byte[] large = Bytes.random(RANDOM, 9 * MIB);
        api.upload(bucket, "small", small).expect(201);
        api.upload(bucket, "large", large).expect(201);
        String id = api.get("/bucket/" + bucket).field("id");

        moves("disk");
        assertThat(new Disk(root.resolve("disk")).blobs(id)).hasSize(2);
        assertThat(api.download(bucket, "large")).hasStatus(200).hasBody(large);

        moves("s3");
        assertThat(stored.blobs(id)).hasSize(4); // and the first ones, until their time is over
        assertThat(api.download(bucket, "small")).hasStatus(200).hasBody(small);
        assertThat(api.download(bucket, "large")).hasStatus(200).hasBody(large);
    }

    private void moves(String backend) {
        Api service = gateway.asService();
        String job = service.send("POST", "/admin/migrations", Map.of("bucket", bucket, "to", backend))
                .field("id");
        await("migration").atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        service.get("/admin/migrations/" + job).field("state"))
                .isEqualTo("done"));
    }

    private static Answer readiness() {
        return gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/health/readiness"), BodyPublishers.noBody());
    }
}
