package io.aerodb.storage.access;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a caller may not see looks exactly like what is not there. */
class HiddenObjectsIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final Api stranger = gateway.asUser(Names.user());
    private final String bucket = owner.newBucket("private");

    @Test
    void hiddenAndMissingObjectsAreAnsweredAlike() {
        owner.upload(bucket, "there", Bytes.of("x")).expect(201);

        sameAnswer((api, path) -> api.download(bucket, path));
        sameAnswer((api, path) -> api.info(bucket, path));
        sameAnswer((api, path) -> api.remove(bucket, path));
        sameAnswer((api, path) -> api.get("/object/public/" + bucket + "/" + path));
        sameAnswer((api, path) -> api.get("/object/authenticated/" + bucket + "/" + path));
        assertThat(owner.download(bucket, "there")).hasStatus(200);
    }

    @Test
    void writesOverHiddenAndMissingObjectsAreAnsweredAlike() {
        owner.upload(bucket, "there", Bytes.of("x")).expect(201);

        for (String upsert : new String[] {"true", "false"}) {
            Answer hidden = stranger.upload(bucket, "there", Bytes.of("y"), "x-upsert", upsert);
            Answer missing = stranger.upload(bucket, "not-there", Bytes.of("y"), "x-upsert", upsert);
            assertThat(hidden).isRefused(403, "AccessDenied");
            assertThat(missing).isRefused(403, "AccessDenied");
            assertThat(hidden.field("message")).isEqualTo(missing.field("message"));
        }
        for (String condition : new String[] {"If-None-Match", "If-Match"}) {
            assertThat(stranger.upload(bucket, "there", Bytes.of("y"), condition, "*"))
                    .isRefused(403, "AccessDenied");
            assertThat(stranger.upload(bucket, "not-there", Bytes.of("y"), condition, "*"))
                    .isRefused(403, "AccessDenied");
        }
    }

    @Test
    void nobodySquatsInAnothersPersonalFolder() {
        String personal = owner.newBucket("personal");
        String victim = Names.user();

        assertThat(stranger.upload(personal, victim + "/planted", Bytes.of("x")))
                .isRefused(403, "AccessDenied");
        assertThat(stranger.upload(personal, victim, Bytes.of("x"))).isRefused(403, "AccessDenied");
        assertThat(stranger.upload(personal, victim + "x/planted", Bytes.of("x")))
                .isRefused(403, "AccessDenied");
        assertThat(gateway.asUser(victim).upload(personal, victim + "/mine", Bytes.of("x")))
                .hasStatus(201);
    }

    @Test
    void hiddenAndMissingBucketsAreAnsweredAlike() {
        assertThat(comparable(stranger.get("/bucket/" + bucket)))
                .isEqualTo(comparable(stranger.get("/bucket/" + Names.bucket("none"))));
        assertThat(comparable(stranger.delete("/bucket/" + bucket)))
                .isEqualTo(comparable(stranger.delete("/bucket/" + Names.bucket("none"))));
        assertThat(comparable(gateway.anonymously().download(bucket, "x")))
                .isEqualTo(comparable(gateway.anonymously().download(Names.bucket("none"), "x")));
    }

    private void sameAnswer(BiFunction<Api, String, Answer> operation) {
        Answer hidden = operation.apply(stranger, "there");
        Answer missing = operation.apply(stranger, "not-there");
        assertThat(hidden.status()).isGreaterThanOrEqualTo(400);
        assertThat(hidden.status()).isEqualTo(missing.status());
        assertThat(comparable(hidden)).isEqualTo(comparable(missing));
    }

    private static JsonNode comparable(Answer answer) {
        JsonNode body = answer.json();
        return ((ObjectNode) body).without("request_id");
    }
}
