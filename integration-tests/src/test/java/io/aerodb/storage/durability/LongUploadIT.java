package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What changes while an upload runs is seen when it ends, except that its token may expire. */
class LongUploadIT {

    private static final byte[] HALF = Bytes.of("half of the content ");

    private final Gateway gateway = SharedGateway.get();
    private final String owner = Names.user();
    private final String user = Names.user();
    private final Api api = gateway.asUser(owner);
    private final String bucket = api.newBucket("authenticated");

    @Test
    void aBucketThatWasClosedMeanwhileRefusesTheUploadAtItsEnd() throws IOException {
        try (RawHttp upload = begun(gateway, bucket, gateway.tokens().user(user))) {
            gateway.database().execute("UPDATE storage.buckets SET policy = 'private' WHERE name = ?", bucket);

            assertThat(ended(upload)).isRefused(403, "AccessDenied");
        }
        nothingIsLeft();
    }

    @Test
    void anOperatorPolicyThatWasDroppedMeanwhileNoLongerHelps() throws IOException {
        String closed = api.newBucket("private");
        String policy = Names.bucket("policy");
        Database database = gateway.database();
        database.execute("CREATE POLICY \"" + policy + "\" ON storage.objects FOR INSERT TO authenticated WITH CHECK ("
                + "bucket_id = (SELECT id FROM storage.buckets WHERE name = '" + closed + "') OR name = '" + policy
                + "')");
        try (RawHttp upload = begunAt(gateway, closed, policy, gateway.tokens().user(user))) {
            database.execute("DROP POLICY \"" + policy + "\" ON storage.objects");

            assertThat(ended(upload)).isRefused(403, "AccessDenied");
        } finally {
            database.execute("DROP POLICY IF EXISTS \"" + policy + "\" ON storage.objects");
        }
        assertThat(api.download(closed, policy)).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, closed).vanishWithEveryBlob();
    }

    @Test
    void aBucketThatWasDeletedMeanwhileIsMissingAtTheEnd() throws IOException {
        try (RawHttp upload = begun(gateway, bucket, gateway.tokens().user(user))) {
            assertThat(api.delete("/bucket/" + bucket)).hasStatus(200);

            assertThat(ended(upload)).isRefused(404, "NoSuchBucket");
        }
        await().untilAsserted(() -> assertThat(gateway.stored().unfinished()).isEmpty());
    }

    @Test
    void aLimitThatWasLoweredMeanwhileCounts() throws IOException {
        try (RawHttp upload = begun(gateway, bucket, gateway.tokens().user(user))) {
            gateway.database().execute("UPDATE storage.buckets SET max_file_size = 30 WHERE name = ?", bucket);

            assertThat(ended(upload)).isRefused(413, "EntityTooLarge");
        }
        nothingIsLeft();
    }

    @Test
    void aTypeThatWasForbiddenMeanwhileCounts() throws IOException {
        try (RawHttp upload = begun(gateway, bucket, gateway.tokens().user(user))) {
            gateway.database()
                    .execute("UPDATE storage.buckets SET allowed_mime_types = '{image/*}' WHERE name = ?", bucket);

            assertThat(ended(upload)).isRefused(415, "InvalidMimeType");
        }
        nothingIsLeft();
    }

    @Test
    void somebodyElsesObjectThatAppearedMeanwhileIsNotOverwritten() throws IOException {
        try (RawHttp upload = begun(gateway, bucket, gateway.tokens().user(user))) {
            gateway.asUser(Names.user())
                    .upload(bucket, "long", Bytes.of("faster"))
                    .expect(201);

            assertThat(ended(upload)).isRefused(403, "AccessDenied");
        }
        assertThat(api.download(bucket, "long")).hasStatus(200).hasBody(Bytes.of("faster"));
    }

    @Test
    void readersSeeNothingOfAnUploadThatRuns() throws IOException {
        try (RawHttp upload = begun(gateway, bucket, gateway.tokens().user(user))) {
            assertThat(api.download(bucket, "long")).isRefused(404, "NoSuchKey");
            assertThat(ended(upload)).hasStatus(201);
        }
        assertThat(api.download(bucket, "long")).hasStatus(200);
    }

    @Test
    void theTokenMayExpireWhileTheUploadRuns() throws IOException {
        Gateway strict = SharedGateway.production().gateway();
        String made = strict.asUser(user).newBucket("private");
        Instant end = Instant.now().plusSeconds(4);
        String token = strict.tokens().expiringAt(user, end);
        Database database = SharedGateway.production().database();
        try (RawHttp upload = sending(strict, made, "long", token)) {
            awaitLedger(database, made);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> strict.as(token).get("/bucket").status() == 401);

            assertThat(ended(upload)).hasStatus(201);
        }
        assertThat(strict.asUser(user).download(made, "long")).hasStatus(200);
    }

    private RawHttp begun(Gateway on, String into, String token) throws IOException {
        return begunAt(on, into, "long", token);
    }

    private RawHttp begunAt(Gateway on, String into, String path, String token) throws IOException {
        RawHttp upload = sending(on, into, path, token);
        awaitLedger(on.database(), into);
        return upload;
    }

    private static RawHttp sending(Gateway on, String into, String path, String token) throws IOException {
        return RawHttp.open(on.port())
                .request(
                        "POST /storage/v1/object/" + into + "/" + path + " HTTP/1.1",
                        "Authorization: Bearer " + token,
                        "Content-Type: text/plain",
                        "Transfer-Encoding: chunked")
                .chunk(HALF);
    }

    /** The upload has begun once its blob is in the ledger. */
    private static void awaitLedger(Database database, String into) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> database.count(
                                "SELECT count(*) FROM storage.blobs l JOIN storage.buckets b ON b.id = l.bucket_id"
                                        + " WHERE b.name = ? AND l.state = 'writing'",
                                into)
                        == 1);
    }

    private static Answer ended(RawHttp upload) throws IOException {
        return upload.chunk(HALF).chunk(new byte[0]).answer();
    }

    private void nothingIsLeft() {
        assertThat(gateway.asService().download(bucket, "long")).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }
}
