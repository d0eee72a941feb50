package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no copy and no move. */
class RefusedRelocationIT {

    private final Api api = SharedGateway.get().asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @BeforeEach
    void anObject() {
        api.upload(bucket, "a", Bytes.of("x")).expect(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bucketId          | {}",
                "bucketId          | {'bucketId': null, 'sourceKey': 'a', 'destinationKey': 'b'}",
                "bucketId          | {'bucketId': 1, 'sourceKey': 'a', 'destinationKey': 'b'}",
                "sourceKey         | {'bucketId': 'BUCKET', 'destinationKey': 'b'}",
                "sourceKey         | {'bucketId': 'BUCKET', 'sourceKey': ['a'], 'destinationKey': 'b'}",
                "destinationKey    | {'bucketId': 'BUCKET', 'sourceKey': 'a'}",
                "destinationKey    | {'bucketId': 'BUCKET', 'sourceKey': 'a', 'destinationKey': true}",
                "destinationBucket | {'bucketId': 'BUCKET', 'sourceKey': 'a', 'destinationKey': 'b', 'destinationBucket': 2}",
                "body              | ['a', 'b']",
                "body              | {'bucketId': 'BUCKET', 'bucketId': 'BUCKET'}"
            })
    void missingMembersAndOtherTypesAreRefusedWithFieldAndReason(String field, String body) {
        String json = body.replace('\'', '"').replace("BUCKET", bucket);

        for (String how : new String[] {"copy", "move"}) {
            assertThat(api.exchange("POST", "/object/" + how, BodyPublishers.ofString(json)))
                    .isRefusedBecauseOf(field, "InvalidRequest");
        }
        assertThat(api.get("/object/list/" + bucket).each("objects", "name")).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/b", ".", "..", "b/../c", "b/.", "b\nc", "b\u007f", "\u0085"})
    void keysThatAreNoPathsAreRefusedWithFieldAndReason(String key) {
        assertThat(api.copy(bucket, "a", key)).isRefusedBecauseOf("destinationKey", "InvalidKey");
        assertThat(api.move(bucket, "a", key)).isRefusedBecauseOf("destinationKey", "InvalidKey");
        assertThat(api.copy(bucket, key, "b")).isRefusedBecauseOf("sourceKey", "InvalidKey");
        assertThat(api.move(bucket, key, "b")).isRefusedBecauseOf("sourceKey", "InvalidKey");
        assertThat(api.get("/object/list/" + bucket).each("objects", "name")).containsExactly("a");
    }

    @Test
    void keysOf1024BytesAreTakenAndOneMoreIsNot() {
        String longest = "\u00e9".repeat(512);
        Answer refused = api.move(bucket, "a", longest + "x");

        assertThat(refused).isRefusedBecauseOf("destinationKey", "InvalidKey");
        assertThat(refused.json().path("limit").longValue()).isEqualTo(1024);
        assertThat(api.copy(bucket, "a", longest + "x")).isRefusedBecauseOf("destinationKey", "InvalidKey");
        assertThat(api.move(bucket, "a", longest)).hasStatus(200);
        assertThat(api.copy(bucket, longest, "x".repeat(1024))).hasStatus(200);
    }

    @Test
    void keysAreTakenAsTheyAreAndNotDecoded() {
        for (String key : new String[] {"b%2Fc", "b//c", "b ", "b;c=d", "b?c", "\\..\\b", "%"}) {
            assertThat(api.copy(bucket, "a", key).expect(200).field("path")).isEqualTo(key);
            assertThat(api.download(bucket, key)).hasStatus(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "../x", "*"})
    void aBucketThatNoneCanBeCalledIsMissing(String name) {
        Map<String, String> way =
                Map.of("bucketId", bucket, "sourceKey", "a", "destinationBucket", name, "destinationKey", "b");

        assertThat(api.send("POST", "/object/copy", way)).isRefused(404, "NoSuchBucket");
        assertThat(api.send("POST", "/object/move", way)).isRefused(404, "NoSuchBucket");
        assertThat(api.copy(name, "a", "b")).isRefused(404, "NoSuchBucket");
    }

    @Test
    void inAPersonalBucketNothingLeavesItsOwnersFolder() {
        String user = Names.user();
        Api owner = SharedGateway.get().asUser(user);
        String personal = api.newBucket("personal");
        owner.upload(personal, user + "/a", Bytes.of("mine")).expect(201);

        for (String place : List.of("somebody/a", "a", user + "x/a")) {
            Answer refused = owner.move(personal, user + "/a", place);

            assertThat(refused).isRefused(403, "AccessDenied");
            assertThat(owner.copy(personal, user + "/a", place)).isRefused(403, "AccessDenied");
        }
        Map<String, String> folder =
                Map.of("bucketId", personal, "sourcePrefix", user, "destinationPrefix", "somebody");
        assertThat(owner.send("POST", "/object/move-prefix", folder)).isRefused(403, "AccessDenied");
        assertThat(owner.download(personal, user + "/a")).hasStatus(200).hasBody(Bytes.of("mine"));
        assertThat(owner.move(personal, user + "/a", user + "/b/c")).hasStatus(200);
    }
}
