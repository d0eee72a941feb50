package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CopyIT {

    private static final byte[] CONTENT = Bytes.of("the content");

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("authenticated");
    private final JsonNode source = api.upload(bucket, "a", CONTENT, "Content-Type", "text/plain")
            .expect(201)
            .json();

    @Test
    void aCopyHasTheSameContentAndAnIdentityOfItsOwn() {
        Answer copied = api.copy(bucket, "a", "b/c").expect(200);

        assertThat(api.download(bucket, "b/c"))
                .hasStatus(200)
                .hasHeader("Content-Type", "text/plain")
                .hasBody(CONTENT);
        assertThat(copied.field("Key")).isEqualTo(bucket + "/b/c");
        assertThat(copied.field("Id")).isEqualTo(copied.field("id"));
        assertThat(copied.field("path")).isEqualTo("b/c");
        assertThat(copied.field("bucket_id")).isEqualTo(source.path("bucket_id").stringValue());
        assertThat(copied.field("checksum")).isEqualTo(Bytes.sha256(CONTENT));
        assertThat(copied.json().path("size").longValue()).isEqualTo(CONTENT.length);
        for (String own : List.of("id", "version", "etag", "created_at", "updated_at")) {
            assertThat(copied.json().path(own)).as(own).isNotEqualTo(source.path(own));
        }
        assertThat(copied.json().propertyNames()).containsExactlyInAnyOrderElementsOf(source.propertyNames());
        assertThat(api.info(bucket, "b/c").field("etag")).isEqualTo(copied.field("etag"));
    }

    @Test
    void noByteIsCopied() {
        List<String> before = gateway.stored().files();

        api.copy(bucket, "a", "b").expect(200);

        assertThat(gateway.stored().files()).hasSameSizeAs(before);
        assertThat(gateway.database()
                        .count("SELECT count(DISTINCT blob_key) FROM storage.objects WHERE bucket_id = ?", bucketId()))
                .isEqualTo(1);
    }

    @Test
    void theSourceStaysAsItWas() {
        JsonNode before = api.info(bucket, "a").json();

        api.copy(bucket, "a", "b").expect(200);

        assertThat(api.info(bucket, "a").json()).isEqualTo(before);
    }

    @Test
    void theCopyOutlivesItsSource() {
        api.copy(bucket, "a", "b").expect(200);
        api.remove(bucket, "a").expect(204);
        assertThat(api.download(bucket, "b")).hasBody(CONTENT);

        api.upload(bucket, "b", Bytes.of("new")).expect(201);

        assertThat(gateway.database()
                        .rows("SELECT state FROM storage.blobs WHERE bucket_id = ? AND name = 'a'", bucketId()))
                .extracting(row -> row.get("state"))
                .containsExactly("garbage");
    }

    @Test
    void aCopyBelongsToWhoMadeIt() {
        String other = Names.user();

        Answer copied = gateway.asUser(other).copy(bucket, "a", "b").expect(200);

        assertThat(copied.field("owner_id")).isEqualTo(other);
        assertThat(source.path("owner_id").stringValue()).isEqualTo(user);
    }

    @Test
    void aCopyOverSomethingKeepsItsOwnerAndItsId() {
        String other = Names.user();
        Answer old = gateway.asUser(other).upload(bucket, "b", Bytes.of("old")).expect(201);

        Answer copied = api.copy(bucket, "a", "b", "x-upsert", "true").expect(200);

        assertThat(copied.field("owner_id")).isEqualTo(other);
        assertThat(copied.field("id")).isEqualTo(old.field("id"));
        assertThat(copied.field("etag")).isNotEqualTo(old.field("etag"));
        assertThat(api.download(bucket, "b")).hasBody(CONTENT);
    }

    @Test
    void anExistingTargetIsKeptUnlessTheClientSaysUpsert() {
        api.upload(bucket, "b", Bytes.of("old")).expect(201);

        for (Answer refused : List.of(api.copy(bucket, "a", "b"), api.copy(bucket, "a", "b", "x-upsert", "false"))) {
            assertThat(refused).isRefused(409, "KeyAlreadyExists", "The resource already exists");
            assertThat(refused.field("error")).isEqualTo("Duplicate");
        }
        assertThat(api.copy(bucket, "a", "b", "x-upsert", "maybe")).isRefused(400, "InvalidRequest");
        assertThat(api.download(bucket, "b")).hasBody(Bytes.of("old"));
    }

    @Test
    void upsertAlsoCreates() {
        assertThat(api.copy(bucket, "a", "b", "x-upsert", "true")).hasStatus(200);
    }

    @Test
    void anObjectIsCopiedIntoAnotherBucketByNameOrId() {
        String other = api.newBucket("private");
        String id = api.get("/bucket/" + other).field("id");

        Answer byName = copyTo(other, "b");
        Answer byId = copyTo(id, "c");

        assertThat(byName.expect(200).field("Key")).isEqualTo(other + "/b");
        assertThat(byId.expect(200).field("Key")).isEqualTo(other + "/c");
        assertThat(byId.field("bucket_id")).isEqualTo(id);
        assertThat(api.download(other, "b")).hasBody(CONTENT);
    }

    @Test
    void aCopyThatIsTooLargeForItsBucketIsRefusedWithTheLimit() {
        String small = api.newLimitedBucket("\"max_file_size\": 10");

        Answer refused = copyTo(small, "b");

        assertThat(refused).isRefused(413, "EntityTooLarge");
        assertThat(refused.json().path("limit").longValue()).isEqualTo(10);
        assertThat(api.download(small, "b")).isRefused(404, "NoSuchKey");
        assertThat(copyTo(api.newLimitedBucket("\"max_file_size\": 11"), "b")).hasStatus(200);
    }

    @Test
    void aCopyOfATypeThatItsBucketForbidsIsRefused() {
        String images = api.newLimitedBucket("\"allowed_mime_types\": [\"image/*\"]");

        assertThat(copyTo(images, "b")).isRefused(415, "InvalidMimeType");
        assertThat(api.download(images, "b")).isRefused(404, "NoSuchKey");
        assertThat(copyTo(api.newLimitedBucket("\"allowed_mime_types\": [\"TEXT/*\"]"), "b"))
                .hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "personal", "public"})
    void whoMayNotWriteLearnsNoLimits(String policy) {
        String small = Names.bucket("small");
        gateway.asUser(Names.user())
                .createBucket(
                        "{\"name\": \"%s\", \"policy\": \"%s\", \"max_file_size\": 1, \"allowed_mime_types\": [\"a/b\"]}"
                                .formatted(small, policy))
                .expect(201);

        assertThat(copyTo(small, "b")).isRefused(403, "AccessDenied");
    }

    @Test
    void copiesBesideOverwritesAllSucceed() {
        CompletableFuture<Void> overwriting = CompletableFuture.runAsync(() -> IntStream.range(0, 100)
                .forEach(i -> api.upload(bucket, "a", CONTENT).expect(201)));

        for (int i = 0; !overwriting.isDone(); i++) {
            assertThat(api.copy(bucket, "a", "copy-" + i)).hasStatus(200);
            assertThat(api.download(bucket, "copy-" + i)).hasBody(CONTENT);
        }
        overwriting.join();
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(api.copy(bucket, "missing", "b")).isRefused(404, "NoSuchKey", "Object not found");
        assertThat(api.copy(Names.bucket("none"), "a", "b")).isRefused(404, "NoSuchBucket", "Bucket not found");
        assertThat(copyTo(Names.bucket("none"), "b")).isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    @Test
    void namesAreNormalised() {
        assertThat(api.copy(bucket, "a", "cafe\u0301").expect(200).field("path"))
                .isEqualTo("caf\u00e9");
        assertThat(api.copy(bucket, "cafe\u0301", "b").expect(200).field("path"))
                .isEqualTo("b");
    }

    private Answer copyTo(String target, String path) {
        return api.send(
                "POST",
                "/object/copy",
                Map.of("bucketId", bucket, "sourceKey", "a", "destinationBucket", target, "destinationKey", path));
    }

    private String bucketId() {
        return source.path("bucket_id").stringValue();
    }
}
