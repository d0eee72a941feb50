package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class UploadIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");
    private final byte[] content = Bytes.random(new Random(1), 10_000);

    @Test
    void postAnswers201WithTheWholeObject() {
        Answer answer = api.upload(bucket, "users/123/avatar.jpg", content, "Content-Type", "image/jpeg");

        assertThat(answer).hasStatus(201);
        JsonNode object = answer.json();
        assertThat(object.path("id").stringValue()).satisfies(UUID::fromString);
        assertThat(object.path("Id").stringValue()).isEqualTo(object.path("id").stringValue());
        assertThat(object.path("bucket").stringValue()).isEqualTo(bucket);
        assertThat(object.path("path").stringValue()).isEqualTo("users/123/avatar.jpg");
        assertThat(object.path("Key").stringValue()).isEqualTo(bucket + "/users/123/avatar.jpg");
        assertThat(object.path("size").longValue()).isEqualTo(content.length);
        assertThat(object.path("content_type").stringValue()).isEqualTo("image/jpeg");
        assertThat(object.path("checksum").stringValue()).isEqualTo(Bytes.sha256(content));
        assertThat(object.path("etag").stringValue())
                .isEqualTo(
                        api.head(bucket, "users/123/avatar.jpg").header("ETag").orElseThrow());
        assertThat(object.path("version").stringValue()).isNotEmpty();
        assertThat(object.path("owner_id").stringValue()).isEqualTo(user);
        assertThat(object.has("metadata")).isTrue();
        assertThat(OffsetDateTime.parse(object.path("created_at").stringValue()))
                .isEqualTo(OffsetDateTime.parse(object.path("updated_at").stringValue()));
    }

    @Test
    void putOnAMissingPathCreatesWith200() {
        Answer answer = api.replace(bucket, "new", content);

        assertThat(answer).hasStatus(200);
        assertThat(answer.field("checksum")).isEqualTo(Bytes.sha256(content));
        assertThat(api.download(bucket, "new")).hasStatus(200).hasBody(content);
    }

    @Test
    void theBucketsIdLeadsToTheSameObject() {
        String id = api.get("/bucket/" + bucket).field("id");
        Answer answer = api.upload(id, "file", content);

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("bucket")).isEqualTo(bucket);
        assertThat(answer.field("Key")).isEqualTo(bucket + "/file");
        assertThat(api.download(bucket, "file")).hasBody(content);
        assertThat(api.download(id, "file")).hasBody(content);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8_191, 8_192, 8_193, 131_072, 1_000_003, 5_000_000})
    void anySizeComesBackAsItWasSent(int size) {
        byte[] bytes = Bytes.random(new Random(size), size);

        Answer sized = api.upload(bucket, "sized-" + size, bytes);
        Answer chunked = api.uploadChunked(bucket, "chunked-" + size, bytes);

        assertThat(sized).hasStatus(201);
        assertThat(chunked).hasStatus(201);
        assertThat(sized.field("checksum")).isEqualTo(Bytes.sha256(bytes)).isEqualTo(chunked.field("checksum"));
        assertThat(api.download(bucket, "sized-" + size)).hasBody(bytes);
        assertThat(api.download(bucket, "chunked-" + size)).hasBody(bytes);
    }

    @Test
    void aZeroByteObjectIsAnObject() {
        Answer answer = api.upload(bucket, "empty", new byte[0]);

        assertThat(answer).hasStatus(201);
        assertThat(answer.json().path("size").longValue(-1)).isZero();
        assertThat(answer.field("checksum"))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(api.download(bucket, "empty"))
                .hasStatus(200)
                .hasHeader("Content-Length", "0")
                .hasBody(new byte[0]);
        assertThat(api.head(bucket, "empty")).hasStatus(200).hasHeader("Content-Length", "0");
    }

    @Test
    void theLedgerHoldsTheBlobAsLiveAndTheFileHasItsKey() {
        Answer answer = api.upload(bucket, "dir/photo.png", content).expect(201);

        Map<String, Object> blob = blobOf(answer.field("id"));
        assertThat(blob.get("state")).isEqualTo("live");
        assertThat(blob.get("sha256")).isEqualTo(Bytes.sha256(content));
        assertThat(((Number) blob.get("size")).longValue()).isEqualTo(content.length);
        String bucketId = api.get("/bucket/" + bucket).field("id");
        assertThat(gateway.stored().blobs(bucketId)).singleElement().satisfies(file -> {
            assertThat(file).endsWith((String) blob.get("key"));
            assertThat(file).endsWith("~photo.png");
        });
    }

    @Test
    void anEventIsWrittenInTheSameTransaction() {
        String id = api.upload(bucket, "file", content).expect(201).field("id");

        List<Map<String, Object>> events =
                gateway.database().rows("SELECT * FROM storage.events WHERE object_id = ?::uuid", id);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat((String) event.get("type")).contains("created");
            assertThat(event.get("path")).isEqualTo("file");
            assertThat(event.get("owner_id")).isEqualTo(user);
        });
    }

    @Test
    void anUploadByTheServiceForAUserIsThatUsers() {
        String other = Names.user();

        Answer answer = gateway.as(gateway.tokens().serviceFor(other)).upload(bucket, "file", content);

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("owner_id")).isEqualTo(other);
        assertThat(gateway.asUser(other).download(bucket, "file")).hasStatus(200);
    }

    @Test
    void anUploadByTheServiceAloneHasNoOwner() {
        Answer answer = gateway.asService().upload(bucket, "file", content);

        assertThat(answer).hasStatus(201);
        assertThat(answer.json().path("owner_id").isNull()).isTrue();
    }

    @Test
    void aMissingBucketIsToldBeforeTheBody() {
        assertThat(api.upload(Names.bucket("missing"), "file", content))
                .isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    private Map<String, Object> blobOf(String objectId) {
        return gateway.database()
                .rows(
                        "SELECT b.* FROM storage.blobs b JOIN storage.objects o ON o.blob_key = b.key WHERE o.id = ?::uuid",
                        objectId)
                .get(0);
    }
}
