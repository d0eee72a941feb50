package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final byte[] content = Bytes.random(new Random(2), 20_000);

    @Test
    void getBringsTheBytesAndTheirHeaders() {
        String bucket = stored("private");

        Answer answer = api.download(bucket, "dir/file.bin");

        assertThat(answer)
                .hasStatus(200)
                .hasBody(content)
                .hasHeader("Content-Length", "20000")
                .hasHeader("Content-Type", "image/png")
                .hasHeader("Cache-Control", "private, no-cache")
                .hasHeader("X-Content-Type-Options", "nosniff");
        assertThat(answer.header("ETag").orElseThrow()).matches("\"[^\"]+\"");
        assertThat(answer.header("Last-Modified").orElseThrow()).matches("\\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} GMT");
        assertThat(answer.headers().allValues("Content-Encoding")).isEmpty();
    }

    @Test
    void headBringsTheSameHeadersAndNoBody() throws IOException {
        String bucket = stored("private");
        Answer get = api.download(bucket, "dir/file.bin");

        Answer head = RawHttp.ask(
                gateway.port(),
                "HEAD /storage/v1/object/" + bucket + "/dir/file.bin",
                "Authorization: Bearer " + gateway.tokens().user(user));

        assertThat(head).hasStatus(200);
        for (String name : new String[] {
            "Content-Length",
            "Content-Type",
            "ETag",
            "Last-Modified",
            "Cache-Control",
            "Accept-Ranges",
            "X-Content-Type-Options"
        }) {
            assertThat(head.header(name)).as(name).isEqualTo(get.header(name)).isPresent();
        }
    }

    @Test
    void nothingFollowsTheHeadersOfAHeadAnswer() throws IOException {
        String bucket = stored("public");
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("HEAD /storage/v1/object/" + bucket + "/dir/file.bin HTTP/1.1");
            assertThat(connection.answerToHead()).hasStatus(200);
            connection.request("HEAD /storage/v1/object/" + bucket + "/missing HTTP/1.1");
            assertThat(connection.answerToHead()).hasStatus(404);
            connection.request("GET /storage/v1/object/" + bucket + "/dir/file.bin HTTP/1.1");
            assertThat(connection.answer()).hasStatus(200).hasBody(content);
        }
    }

    @Test
    void anEmptyObjectLeavesItsConnectionInOrder() throws IOException {
        String bucket = api.newBucket("public");
        api.upload(bucket, "empty", new byte[0]).expect(201);
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                connection.request("GET /storage/v1/object/" + bucket + "/empty HTTP/1.1");
                assertThat(connection.answer()).hasStatus(200).hasHeader("Content-Length", "0");
            }
        }
    }

    @Test
    void anEmptyObjectOnAConnectionThatEndsIsNoFailureOfTheServer() throws IOException {
        String bucket = api.newBucket("public");
        api.upload(bucket, "empty", new byte[0]).expect(201);

        Answer answer = RawHttp.ask(gateway.port(), "GET /storage/v1/object/" + bucket + "/empty");

        assertThat(answer).hasStatus(200).hasBody(new byte[0]);
        String id = answer.header("X-Request-Id").orElseThrow();
        assertThat(api.download(bucket, "empty")).hasStatus(200);
        assertThat(gateway.output().lines().filter(line -> line.contains(id)))
                .noneMatch(line -> line.contains("ERROR"));
    }

    @Test
    void headNeverOpensTheBlob() throws IOException {
        String bucket = stored("private");
        String id = api.get("/bucket/" + bucket).field("id");
        java.nio.file.Files.delete(
                gateway.disk().root().resolve(gateway.disk().blobs(id).get(0)));

        assertThat(api.head(bucket, "dir/file.bin")).hasStatus(200).hasHeader("Content-Length", "20000");
        Answer get = api.download(bucket, "dir/file.bin");
        assertThat(get.status())
                .as("a row without its file is the server's fault")
                .isGreaterThanOrEqualTo(500);
        assertThat(get).revealsNothing();
    }

    @Test
    void theAuthenticatedRouteServesTheSame() {
        String bucket = stored("private");

        assertThat(api.get("/object/authenticated/" + bucket + "/dir/file.bin"))
                .hasStatus(200)
                .hasBody(content);
        assertThat(gateway.anonymously().get("/object/authenticated/" + bucket + "/dir/file.bin"))
                .isUnauthorized();
    }

    @Test
    void thePublicRouteServesPublicBucketsToEveryone() {
        String bucket = stored("public");

        assertThat(gateway.anonymously().get("/object/public/" + bucket + "/dir/file.bin"))
                .hasStatus(200)
                .hasBody(content);
        assertThat(gateway.anonymously().get("/object/public/" + bucket + "/dir/file.bin?token=nonsense"))
                .hasStatus(200);
        assertThat(gateway.anonymously().get("/object/public/" + bucket + "/missing"))
                .isRefused(404, "NoSuchKey", "Object not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "authenticated", "personal"})
    void thePublicRouteServesNoOtherBucketNotEvenToItsOwner(String policy) {
        String bucket = stored(policy);

        Answer anonymous = gateway.anonymously().get("/object/public/" + bucket + "/" + path(policy));
        Answer owner = api.get("/object/public/" + bucket + "/" + path(policy));

        assertThat(anonymous.status()).isIn(401, 404);
        assertThat(owner.status()).isIn(403, 404);
    }

    @Test
    void missingObjectsAnswerWhatClientsCompare() {
        String bucket = stored("private");

        assertThat(api.download(bucket, "missing")).isRefused(404, "NoSuchKey", "Object not found");
        assertThat(api.head(bucket, "missing")).hasStatus(404).hasBody(new byte[0]);
        assertThat(api.info(bucket, "missing")).isRefused(404, "NoSuchKey", "Object not found");
        assertThat(api.download(Names.bucket("missing"), "file")).isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    @Test
    void aClientThatStopsReadingDoesNotHarmTheNext() throws IOException {
        String bucket = api.newBucket("public");
        byte[] large = Bytes.random(new Random(3), 8_000_000);
        api.upload(bucket, "large", large).expect(201);
        for (int i = 0; i < 20; i++) {
            RawHttp connection = RawHttp.open(gateway.port());
            connection.request("GET /storage/v1/object/" + bucket + "/large HTTP/1.1");
            connection.abort();
        }

        assertThat(api.download(bucket, "large")).hasStatus(200).hasBody(large);
    }

    private String stored(String policy) {
        String bucket = api.newBucket(policy);
        api.upload(bucket, path(policy), content, "Content-Type", "image/png").expect(201);
        return bucket;
    }

    private String path(String policy) {
        return policy.equals("personal") ? user + "/file.bin" : "dir/file.bin";
    }
}
