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
import org.junit.jupiter.api.Test;

class DeleteBucketIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final String bucket = owner.newBucket("authenticated");

    @Test
    void anEmptyBucketIsGoneAfterwards() {
        Answer answer = owner.delete("/bucket/" + bucket);

        assertThat(answer).hasStatus(200);
        assertThat(answer.field("message")).isEqualTo("Successfully deleted");
        assertThat(owner.get("/bucket/" + bucket)).isRefused(404, "NoSuchBucket");
        assertThat(owner.delete("/bucket/" + bucket)).isRefused(404, "NoSuchBucket", "Bucket not found");
        assertThat(owner.upload(bucket, "file", Bytes.of("x"))).isRefused(404, "NoSuchBucket");
    }

    @Test
    void aJsonBodyIsAllowed() {
        Answer answer = owner.exchange(
                "DELETE", "/bucket/" + bucket, BodyPublishers.ofString("{}"), "Content-Type", "application/json");

        assertThat(answer).hasStatus(200);
    }

    @Test
    void theIdNamesTheBucketToo() {
        String id = owner.get("/bucket/" + bucket).field("id");

        assertThat(owner.delete("/bucket/" + id)).hasStatus(200);
        assertThat(owner.get("/bucket/" + bucket)).hasStatus(404);
    }

    @Test
    void aBucketWithObjectsStays() {
        owner.upload(bucket, "file", Bytes.of("x")).expect(201);

        assertThat(owner.delete("/bucket/" + bucket))
                .isRefused(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
        assertThat(owner.download(bucket, "file")).hasStatus(200);
    }

    @Test
    void aBucketWithOnlyOtherPeoplesObjectsStaysToo() {
        gateway.asUser(Names.user()).upload(bucket, "file", Bytes.of("x")).expect(201);

        assertThat(owner.delete("/bucket/" + bucket)).isRefused(409, "BucketNotEmpty");
    }

    @Test
    void aBucketWhoseObjectsWereDeletedCanGo() {
        owner.upload(bucket, "file", Bytes.of("x")).expect(201);
        owner.remove(bucket, "file").expect(204);

        assertThat(owner.delete("/bucket/" + bucket)).hasStatus(200);
    }

    @Test
    void theNameIsFreeAgainAndTheNewBucketIsEmpty() {
        owner.upload(bucket, "file", Bytes.of("x")).expect(201);
        owner.remove(bucket, "file").expect(204);
        owner.delete("/bucket/" + bucket).expect(200);

        Api next = gateway.asUser(Names.user());
        next.createBucket("{\"name\": \"" + bucket + "\"}").expect(201);

        assertThat(next.download(bucket, "file")).isRefused(404, "NoSuchKey");
    }
}
