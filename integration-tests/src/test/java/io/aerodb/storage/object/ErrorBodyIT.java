package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ErrorBodyIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @Test
    void everyFailureHasTheOneBody() {
        JsonNode body = api.download(bucket, "missing").expect(404).json();

        assertThat(body.path("statusCode").stringValue()).isEqualTo("404");
        assertThat(body.path("error").stringValue()).isEqualTo("not_found");
        assertThat(body.path("message").stringValue()).isEqualTo("Object not found");
        assertThat(body.path("code").stringValue()).isEqualTo("NoSuchKey");
        assertThat(body.path("request_id").stringValue()).isNotEmpty();
    }

    @Test
    void everyRequestHasAnIdOfItsOwn() {
        String first = api.download(bucket, "missing").field("request_id");
        String second = api.download(bucket, "missing").field("request_id");

        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void theRequestIdLeadsToTheLogLine() {
        String id = api.upload(bucket, "a/../b", new byte[0]).field("request_id");

        assertThat(id).isNotEmpty();
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(gateway.output()).contains(id));
    }

    @Test
    void whoAsksForProblemDetailsGetsThem() {
        Answer answer = api.download(bucket, "missing", "Accept", "application/problem+json");

        assertThat(answer).hasStatus(404).revealsNothing();
        assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.path("status").intValue()).isEqualTo(404);
        assertThat(problem.path("title").stringValue()).isNotEmpty();
        assertThat(problem.path("detail").stringValue()).isEqualTo("Object not found");
        assertThat(problem.path("code").stringValue()).isEqualTo("NoSuchKey");
        assertThat(problem.path("request_id").stringValue()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "image/png", "text/html", "nonsense"})
    void anyOtherWishGetsTheUsualBody(String accept) {
        assertThat(api.download(bucket, "missing", "Accept", accept)).isRefused(404, "NoSuchKey");
    }

    @Test
    void anObjectIsServedWhateverTheClientAccepts() {
        api.upload(bucket, "file", new byte[1], "Content-Type", "image/png").expect(201);

        assertThat(api.download(bucket, "file", "Accept", "text/html")).hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/object", "/bucket/a/b/c/d", "/objects/x/y"})
    void addressesThatAreNoneAnswer404(String path) {
        Answer answer = api.get(path);

        assertThat(answer).hasStatus(404).revealsNothing();
        assertThat(answer.field("statusCode")).isEqualTo("404");
        assertThat(answer.field("code")).isNotEmpty();
    }

    @Test
    void aMethodThatAnAddressDoesNotKnowAnswers405() {
        Answer answer = api.exchange("PUT", "/bucket", BodyPublishers.noBody());

        assertThat(answer.status()).isIn(404, 405);
        assertThat(answer.field("statusCode")).isEqualTo(Integer.toString(answer.status()));
    }

    @Test
    void deniedWritesNameTheOperationThatWasRefused() {
        Api other = gateway.asUser(Names.user());
        api.upload(bucket, "file", new byte[1]).expect(201);

        assertThat(other.download(bucket, "file").field("reason")).isEqualTo("select");
        assertThat(other.upload(bucket, "new", new byte[1]).field("reason")).isEqualTo("insert");
        assertThat(other.remove(bucket, "file").field("reason")).isEqualTo("delete");
    }

    @Test
    void deniedWritesNameThePolicyToThoseWhoSeeTheBucket() {
        Api other = gateway.asUser(Names.user());
        String seen = api.newBucket("authenticated");
        api.upload(seen, "file", new byte[1]).expect(201);
        api.upload(bucket, "file", new byte[1]).expect(201);

        assertThat(other.upload(seen, "file", new byte[1]).field("policy")).isEqualTo("authenticated");
        assertThat(other.remove(seen, "file").field("policy")).isEqualTo("authenticated");
        assertThat(other.move(seen, "file", "new").field("policy")).isEqualTo("authenticated");
        assertThat(other.upload(bucket, "file", new byte[1]).json().has("policy"))
                .isFalse();
        assertThat(other.remove(bucket, "file").json().has("policy")).isFalse();
        assertThat(other.download(bucket, "file").json().has("policy")).isFalse();
        assertThat(gateway.anonymously().remove(seen, "file").json().has("policy"))
                .isFalse();
    }

    @Test
    void errorsAreNotToBeCached() {
        assertThat(api.download(bucket, "missing").header("Cache-Control").orElse("no-store"))
                .containsAnyOf("no-store", "no-cache");
    }
}
