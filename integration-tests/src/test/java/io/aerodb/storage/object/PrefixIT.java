package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders moved and deleted as a whole. */
class PrefixIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final Api other = gateway.asUser(Names.user());
    private final String bucket = owner.newBucket("authenticated");

    @ParameterizedTest
    @CsvSource({"images, photos", "images/, photos/", "images, photos/", "images/, photos"})
    void aFolderMovesWithAllThatIsInIt(String from, String to) {
        put(owner, "images/a", "images/b/c", "images2/a", "images", "photos2", "zz/images/a");

        assertCounts("moved", 2, 0, move(owner, from, to));

        assertThat(names()).containsExactly("images", "images2/a", "photos/a", "photos/b/c", "photos2", "zz/images/a");
        assertThat(owner.download(bucket, "photos/b/c")).hasBody(Bytes.of("images/b/c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "images/"})
    void aFolderGoesWithAllThatIsInIt(String prefix) {
        put(owner, "images/a", "images/b/c", "images2/a", "images", "zz/images/a");

        assertCounts("deleted", 2, 0, delete(owner, prefix));

        assertThat(names()).containsExactly("images", "images2/a", "zz/images/a");
    }

    @Test
    void percentAndUnderscoreInAPrefixAreThemselves() {
        put(owner, "a_b/1", "axb/1", "a%/1", "abc/1", "A_B/1");

        assertCounts("deleted", 1, 0, delete(owner, "a_b"));
        assertCounts("deleted", 1, 0, delete(owner, "a%"));
        assertCounts("deleted", 0, 0, delete(owner, "%"));
        assertThat(names()).containsExactly("A_B/1", "abc/1", "axb/1");
    }

    @Test
    void aFolderMovesToTheTopAndFromThereDown() {
        put(owner, "f/a", "f/f/b");

        assertCounts("moved", 2, 0, move(owner, "f", ""));
        assertThat(names()).containsExactly("a", "f/b");
        assertCounts("moved", 1, 0, move(owner, "f", "deep/er/still"));
        assertThat(names()).containsExactly("a", "deep/er/still/b");
    }

    @Test
    void idOwnerAndETagOfEachObjectStay() {
        Answer before = other.upload(bucket, "f/a", Bytes.of("x")).expect(201);

        move(owner, "f", "g").expect(200);

        Answer after = owner.info(bucket, "g/a").expect(200);
        assertThat(after.field("id")).isEqualTo(before.field("id"));
        assertThat(after.field("etag")).isEqualTo(before.field("etag"));
        assertThat(other.remove(bucket, "g/a")).as("it is still his").hasStatus(204);
    }

    @Test
    void whatMayNotBeChangedStaysAndIsCountedAsDenied() {
        put(owner, "f/1", "f/2");
        put(other, "f/3");

        assertCounts("moved", 1, 2, move(other, "f", "g"));
        assertThat(names()).containsExactly("f/1", "f/2", "g/3");
        put(other, "f/4");
        assertCounts("deleted", 1, 2, delete(other, "f"));
        assertThat(names()).containsExactly("f/1", "f/2", "g/3");
    }

    @Test
    void whereNothingMayBeChangedTheAnswerIs403() {
        put(owner, "f/1", "f/2");

        assertThat(move(other, "f", "g")).isRefused(403, "AccessDenied");
        assertThat(move(other, "f", "g").field("reason")).isEqualTo("update");
        assertThat(delete(other, "f")).isRefused(403, "AccessDenied");
        assertThat(delete(other, "f").field("reason")).isEqualTo("delete");
        assertThat(names()).containsExactly("f/1", "f/2");
    }

    @Test
    void whatIsHiddenIsCountedNowhere() {
        String hidden = owner.newBucket("private");
        owner.upload(hidden, "f/1", Bytes.of("x")).expect(201);

        for (String prefix : List.of("f", "none")) {
            assertCounts("moved", 0, 0, moveIn(other, hidden, prefix, "g"));
            assertCounts("deleted", 0, 0, deleteIn(other, hidden, prefix));
        }
        assertThat(owner.download(hidden, "f/1")).hasStatus(200);
    }

    @Test
    void aFolderThatIsNotThereMovesNothing() {
        assertCounts("moved", 0, 0, move(owner, "none", "g"));
        assertCounts("deleted", 0, 0, delete(owner, "none"));
    }

    @Test
    void whenOneTargetExistsNothingMoves() {
        put(owner, "f/1", "f/2", "f/3", "g/2");

        assertThat(move(owner, "f", "g")).isRefused(409, "KeyAlreadyExists", "The resource already exists");
        assertThat(names()).containsExactly("f/1", "f/2", "f/3", "g/2");
    }

    @Test
    void whenOneNameBecomesTooLongNothingMoves() {
        put(owner, "f/1", "f/" + "x".repeat(1000));

        Answer refused = move(owner, "f", "y".repeat(30));

        assertThat(refused).isRefusedBecauseOf("destinationPrefix", "InvalidKey");
        assertThat(refused.field("reason")).contains("1024");
        assertThat(names()).containsExactly("f/1", "f/" + "x".repeat(1000));
        assertCounts("moved", 2, 0, move(owner, "f", "y".repeat(23)));
    }

    @Test
    void whenOneNameWouldBreakTheRulesOfPathsNothingMoves() {
        put(owner, "f/1", "f//2");

        assertThat(move(owner, "f", "")).isRefusedBecauseOf("destinationPrefix", "InvalidKey");
        assertThat(names()).containsExactly("f//2", "f/1");
    }

    @Test
    void inAPersonalBucketNobodyMovesIntoAnothersFolder() {
        String user = Names.user();
        Api person = gateway.asUser(user);
        String personal = owner.newBucket("personal");
        person.upload(personal, user + "/f/1", Bytes.of("x")).expect(201);

        assertThat(moveIn(person, personal, user + "/f", Names.user() + "/f")).isRefused(403, "AccessDenied");
        assertThat(moveIn(owner, personal, user + "/f", user + "/g")).isRefused(403, "AccessDenied");
        assertCounts("moved", 1, 0, moveIn(person, personal, user + "/f", user + "/g"));
        assertCounts("deleted", 1, 0, deleteIn(owner, personal, user));
    }

    @Test
    void bytesOfADeletedFolderBecomeGarbageUnlessACopyHasThem() {
        put(owner, "f/1", "f/2");
        owner.copy(bucket, "f/1", "kept").expect(200);

        delete(owner, "f").expect(200);

        assertThat(owner.download(bucket, "kept")).hasBody(Bytes.of("f/1"));
        assertThat(gateway.database()
                        .rows(
                                "SELECT l.state FROM storage.blobs l JOIN storage.buckets b ON b.id = l.bucket_id WHERE b.name = ? ORDER BY l.name",
                                bucket))
                .extracting(row -> row.get("state"))
                .containsExactly("live", "garbage");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sourcePrefix      | {\"bucketId\": \"%s\", \"destinationPrefix\": \"g\"}",
                "sourcePrefix      | {\"bucketId\": \"%s\", \"sourcePrefix\": \"\", \"destinationPrefix\": \"g\"}",
                "sourcePrefix      | {\"bucketId\": \"%s\", \"sourcePrefix\": 1, \"destinationPrefix\": \"g\"}",
                "sourcePrefix      | {\"bucketId\": \"%s\", \"sourcePrefix\": \"f?\\ud800\", \"destinationPrefix\": \"g\"}",
                "sourcePrefix      | {\"bucketId\": \"%s\", \"sourcePrefix\": \"f\\u0000\", \"destinationPrefix\": \"g\"}",
                "destinationPrefix | {\"bucketId\": \"%s\", \"sourcePrefix\": \"f\"}",
                "destinationPrefix | {\"bucketId\": \"%s\", \"sourcePrefix\": \"f\", \"destinationPrefix\": null}",
                "destinationPrefix | {\"bucketId\": \"%s\", \"sourcePrefix\": \"f\", \"destinationPrefix\": \"f\"}",
                "destinationPrefix | {\"bucketId\": \"%s\", \"sourcePrefix\": \"f\", \"destinationPrefix\": \"f/g\"}",
                "destinationPrefix | {\"bucketId\": \"%s\", \"sourcePrefix\": \"cafe\\u0301\", \"destinationPrefix\": \"caf\\u00e9/g\"}",
                "bucketId          | {\"sourcePrefix\": \"f\", \"destinationPrefix\": \"g\"}",
                "bucketId          | {\"bucketId\": 7, \"sourcePrefix\": \"f\", \"destinationPrefix\": \"g\"}"
            })
    void aMoveThatMakesNoSenseIsRefusedWithFieldAndReason(String field, String body) {
        put(owner, "f/1", "f?/1");

        assertThat(owner.exchange("POST", "/object/move-prefix", BodyPublishers.ofString(body.formatted(bucket))))
                .isRefusedBecauseOf(field, "InvalidRequest");
        assertThat(names()).containsExactly("f/1", "f?/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/g", "a/../g", "./g", "g\u0001"})
    void aDestinationThatIsNoPathIsRefused(String destination) {
        put(owner, "f/1");

        assertThat(move(owner, "f", destination)).isRefusedBecauseOf("destinationPrefix", "InvalidKey");
        assertThat(names()).containsExactly("f/1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null", "7", "[\"f\"]", "\"f?\\ud800\"", "\"f\\u0000\""})
    void aDeletionThatMakesNoSenseIsRefusedWithFieldAndReason(String prefix) {
        put(owner, "f/1", "f?/1");
        String body = "{\"bucketId\": \"%s\", \"prefix\": %s}".formatted(bucket, prefix);

        assertThat(owner.exchange("POST", "/object/delete-prefix", BodyPublishers.ofString(body)))
                .isRefusedBecauseOf("prefix", "InvalidRequest");
        assertThat(names()).containsExactly("f/1", "f?/1");
    }

    @Test
    void aMissingBucketIsNamedAsSuch() {
        assertThat(moveIn(owner, Names.bucket("none"), "f", "g")).isRefused(404, "NoSuchBucket");
        assertThat(deleteIn(owner, Names.bucket("none"), "f")).isRefused(404, "NoSuchBucket");
    }

    private static void assertCounts(String member, long changed, long denied, Answer answer) {
        assertThat(answer.expect(200).text())
                .satisfies(text -> assertThat(answer.json().path(member).longValue(-1))
                        .as(text)
                        .isEqualTo(changed))
                .satisfies(text -> assertThat(answer.json().path("denied").longValue(-1))
                        .as(text)
                        .isEqualTo(denied));
    }

    private void put(Api caller, String... paths) {
        for (String path : paths) {
            caller.upload(bucket, path, Bytes.of(path)).expect(201);
        }
    }

    private List<String> names() {
        return owner.send("POST", "/object/list-v2/" + bucket, Map.of())
                .expect(200)
                .each("objects", "name");
    }

    private Answer move(Api caller, String from, String to) {
        return moveIn(caller, bucket, from, to);
    }

    private Answer delete(Api caller, String prefix) {
        return deleteIn(caller, bucket, prefix);
    }

    private static Answer moveIn(Api caller, String bucket, String from, String to) {
        return caller.send(
                "POST",
                "/object/move-prefix",
                Map.of("bucketId", bucket, "sourcePrefix", from, "destinationPrefix", to));
    }

    private static Answer deleteIn(Api caller, String bucket, String prefix) {
        return caller.send("POST", "/object/delete-prefix", Map.of("bucketId", bucket, "prefix", prefix));
    }
}
