package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class MoveIT {

    private static final byte[] CONTENT = Bytes.of("the content");

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("authenticated");
    private final String other = api.newBucket("private");
    private final JsonNode source = put(api, "a");

    @Test
    void aRenamedObjectIsFoundByItsNewNameOnly() {
        Answer moved = api.move(bucket, "a", "b/c").expect(200);

        assertThat(moved.field("message")).isEqualTo("Successfully moved");
        assertThat(moved.field("Key")).isEqualTo(bucket + "/b/c");
        assertThat(moved.field("path")).isEqualTo("b/c");
        assertThat(api.download(bucket, "a")).isRefused(404, "NoSuchKey");
        assertThat(api.download(bucket, "b/c")).hasStatus(200).hasBody(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void allButTheNameStays(boolean withinItsBucket) {
        String target = withinItsBucket ? bucket : other;

        JsonNode moved = moveTo(target, "b").expect(200).json();

        for (String member : List.of(
                "id", "size", "content_type", "checksum", "etag", "version", "owner_id", "metadata", "created_at")) {
            assertThat(moved.path(member)).as(member).isEqualTo(source.path(member));
        }
        assertThat(moved.path("bucket").stringValue()).isEqualTo(target);
        assertThat(api.head(target, "b")).hasHeader("ETag", source.path("etag").stringValue());
        assertThat(api.head(target, "b")).hasHeader("Cache-Control", "private, max-age=60");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noByteIsCopiedAndOneEventTellsWhereItWas(boolean withinItsBucket) {
        List<String> before = gateway.stored().files();

        moveTo(withinItsBucket ? bucket : other, "b").expect(200);

        assertThat(gateway.stored().files()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(gateway.database()
                        .rows(
                                "SELECT type, old_path FROM storage.events WHERE object_id = ?::uuid ORDER BY id",
                                source.path("id").stringValue()))
                .extracting(row -> row.get("type") + " " + row.get("old_path"))
                .containsExactly("storage.object.created null", "storage.object.moved a");
    }

    @Test
    void theOwnerStaysWhoeverMoves() {
        String writer = Names.user();
        put(gateway.asUser(writer), "theirs");

        Answer moved = api.send(
                "POST",
                "/object/move",
                Map.of("bucketId", bucket, "sourceKey", "theirs", "destinationBucket", other, "destinationKey", "b"));

        assertThat(moved.expect(200).field("owner_id")).isEqualTo(writer);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExistingTargetIsKept(boolean withinItsBucket) {
        String target = withinItsBucket ? bucket : other;
        api.upload(target, "b", Bytes.of("old")).expect(201);

        Answer refused = moveTo(target, "b");

        assertThat(refused).isRefused(409, "KeyAlreadyExists", "The resource already exists");
        assertThat(refused.field("error")).isEqualTo("Duplicate");
        assertThat(api.download(target, "b")).hasBody(Bytes.of("old"));
        assertThat(api.download(bucket, "a")).hasBody(CONTENT);
    }

    @Test
    void aMoveOntoItselfLeavesTheObjectAsItIs() {
        JsonNode moved = api.move(bucket, "a", "a").expect(200).json();

        assertThat(moved.path("etag")).isEqualTo(source.path("etag"));
        assertThat(api.download(bucket, "a")).hasBody(CONTENT);
    }

    @Test
    void theLimitsOfTheTargetHold() {
        String small = api.newLimitedBucket("\"max_file_size\": 10");
        String images = api.newLimitedBucket("\"allowed_mime_types\": [\"image/*\"]");

        assertThat(moveTo(small, "b")).isRefused(413, "EntityTooLarge");
        assertThat(moveTo(images, "b")).isRefused(415, "InvalidMimeType");
        assertThat(api.download(bucket, "a")).hasBody(CONTENT);
        assertThat(api.download(small, "b")).isRefused(404, "NoSuchKey");
        assertThat(api.download(images, "b")).isRefused(404, "NoSuchKey");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(api.move(bucket, "missing", "b")).isRefused(404, "NoSuchKey", "Object not found");
        assertThat(api.move(Names.bucket("none"), "a", "b")).isRefused(404, "NoSuchBucket", "Bucket not found");
        assertThat(moveTo(Names.bucket("none"), "b")).isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    @Test
    void theMissingRightIsNamed() {
        Api stranger = gateway.asUser(Names.user());
        String theirs = stranger.newBucket("private");

        assertRefused("update", stranger.move(bucket, "a", "b"));
        assertRefused("delete", moveTo(stranger, theirs, "b"));
        assertRefused("insert", moveTo(api, theirs, "b"));
        assertRefused("select", stranger.move(other, "a", "b"));
        assertThat(api.download(bucket, "a")).hasBody(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofManyMovesOfOneObjectOneSucceeds(boolean withinItsBucket) {
        String target = withinItsBucket ? bucket : other;
        for (int round = 0; round < 10; round++) {
            String path = "round" + round;
            put(api, path);

            List<CompletableFuture<Answer>> moves = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> moveTo(api, path, target, path + "-" + i)))
                    .toList();
            List<Integer> statuses = moves.stream()
                    .map(CompletableFuture::join)
                    .map(Answer::status)
                    .sorted()
                    .toList();

            assertThat(statuses).containsExactly(200, 404, 404, 404, 404, 404, 404, 404);
        }
    }

    private static void assertRefused(String right, Answer answer) {
        assertThat(answer).isRefused(403, "AccessDenied");
        assertThat(answer.field("reason")).isEqualTo(right);
    }

    private JsonNode put(Api caller, String path) {
        return caller.upload(
                        bucket,
                        path,
                        CONTENT,
                        "Content-Type",
                        "text/plain",
                        "Cache-Control",
                        "max-age=60",
                        "x-metadata",
                        Base64.getEncoder().encodeToString(Bytes.of("{\"k\":1}")))
                .expect(201)
                .json();
    }

    private Answer moveTo(String target, String path) {
        return moveTo(api, target, path);
    }

    private Answer moveTo(Api caller, String target, String path) {
        return moveTo(caller, "a", target, path);
    }

    private Answer moveTo(Api caller, String from, String target, String path) {
        return caller.send(
                "POST",
                "/object/move",
                Map.of("bucketId", bucket, "sourceKey", from, "destinationBucket", target, "destinationKey", path));
    }
}
