package io.aerodb.storage.bucket;

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
import org.junit.jupiter.params.provider.ValueSource;

class EmptyBucketIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final String bucket = owner.newBucket("authenticated");

    @ParameterizedTest
    @ValueSource(strings = {"public", "authenticated", "private", "personal"})
    void everyObjectGoesWhosesoeverItIsAndTheBucketStays(String policy) {
        owner.send("PATCH", "/bucket/" + bucket, Map.of("policy", policy)).expect(200);
        for (String path : List.of("a", "deep/er/b", "c")) {
            gateway.as(gateway.tokens().serviceFor(Names.user()))
                    .upload(bucket, path, Bytes.of("x"))
                    .expect(201);
        }

        Answer emptied = empty(owner);

        assertThat(emptied).hasStatus(200);
        assertThat(emptied.field("message")).isEqualTo("Successfully emptied");
        assertThat(emptied.json().path("removed").longValue()).isEqualTo(3);
        assertThat(owner.get("/bucket/" + bucket)
                        .expect(200)
                        .json()
                        .path("file_count")
                        .longValue(-1))
                .isZero();
        assertThat(owner.download(bucket, "a")).isRefused(404, "NoSuchKey");
        assertThat(owner.delete("/bucket/" + bucket)).hasStatus(200);
    }

    @Test
    void anEmptyBucketIsEmptiedOfNothing() {
        assertThat(empty(owner).expect(200).json().path("removed").longValue(-1))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=UTF-8", "application/json"})
    void theBodyMayBeEmptyWhateverItsType(String contentType) {
        Answer emptied = owner.exchange(
                "POST", "/bucket/" + bucket + "/empty", BodyPublishers.noBody(), "Content-Type", contentType);

        assertThat(emptied).hasStatus(200);
    }

    @Test
    void moreThanOneBatchIsCountedAsOne() {
        String source = owner.upload(bucket, "seed", Bytes.of("x")).expect(201).field("id");
        gateway.database().multiply(source, 10_000);

        assertThat(empty(owner).expect(200).json().path("removed").longValue()).isEqualTo(10_001);
    }

    @Test
    void theBytesBecomeGarbageAndEventsTellOfEachObject() {
        owner.upload(bucket, "a", Bytes.of("x")).expect(201);
        owner.upload(bucket, "b", Bytes.of("x")).expect(201);
        String id = owner.get("/bucket/" + bucket).field("id");

        empty(owner).expect(200);

        assertThat(gateway.database()
                        .count("SELECT count(*) FROM storage.blobs WHERE bucket_id = ? AND state = 'garbage'", id))
                .isEqualTo(2);
        assertThat(gateway.database()
                        .count(
                                "SELECT count(*) FROM storage.events WHERE bucket_id = ? AND type = 'storage.object.deleted'",
                                id))
                .isEqualTo(2);
    }

    @Test
    void bytesThatACopyElsewhereStillHasAreKept() {
        String elsewhere = owner.newBucket("private");
        owner.upload(bucket, "a", Bytes.of("kept")).expect(201);
        owner.send(
                        "POST",
                        "/object/copy",
                        Map.of(
                                "bucketId",
                                bucket,
                                "sourceKey",
                                "a",
                                "destinationBucket",
                                elsewhere,
                                "destinationKey",
                                "a"))
                .expect(200);

        empty(owner).expect(200);

        assertThat(owner.download(elsewhere, "a")).hasStatus(200).hasBody(Bytes.of("kept"));
    }

    @Test
    void aMissingBucketIsNamedAsSuch() {
        assertThat(owner.exchange("POST", "/bucket/" + Names.bucket("none") + "/empty", BodyPublishers.noBody()))
                .isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    private Answer empty(Api caller) {
        return caller.exchange("POST", "/bucket/" + bucket + "/empty", BodyPublishers.noBody());
    }
}
