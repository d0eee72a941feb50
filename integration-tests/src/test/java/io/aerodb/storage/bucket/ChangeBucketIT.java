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
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ChangeBucketIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api owner = gateway.asUser(Names.user());
    private final String bucket = Names.bucket("change");
    private final JsonNode made =
            owner.createBucket("""
                    {"name": "%s", "policy": "authenticated", "allowed_mime_types": ["image/*"], "max_file_size": 1000}""".formatted(bucket)).expect(201).json();

    @Test
    void theAnswerIsTheChangedBucketAndAMessage() {
        Answer changed = patch("{\"max_file_size\": \"2KB\"}").expect(200);

        assertThat(changed.field("message")).isEqualTo("Successfully updated");
        assertThat(changed.field("id")).isEqualTo(made.path("id").stringValue());
        assertThat(changed.field("name")).isEqualTo(bucket);
        assertThat(changed.json().path("file_size_limit").longValue()).isEqualTo(2000);
        assertThat(((ObjectNode) changed.json()).without("message"))
                .isEqualTo(((ObjectNode) described()).without(List.of("file_count", "total_size")));
    }

    @Test
    void aPatchChangesOnlyWhatItNames() {
        patch("{\"policy\": \"private\"}").expect(200);
        assertBucket("private", "[\"image/*\"]", "1000");
        patch("{\"allowed_mime_types\": [\"text/plain\", \"video/*\"]}").expect(200);
        assertBucket("private", "[\"text/plain\",\"video/*\"]", "1000");
        patch("{\"file_size_limit\": 5}").expect(200);
        assertBucket("private", "[\"text/plain\",\"video/*\"]", "5");
        patch("{}").expect(200);
        assertBucket("private", "[\"text/plain\",\"video/*\"]", "5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]"})
    void theListOfTypesIsLiftedByNullAndByAnEmptyArray(String value) {
        patch("{\"allowed_mime_types\": " + value + "}").expect(200);

        assertBucket("authenticated", "null", "1000");
    }

    @ParameterizedTest
    @CsvSource({"max_file_size, null", "max_file_size, 0", "file_size_limit, null", "file_size_limit, \"0\""})
    void theSizeLimitIsLiftedByNullAndByZero(String member, String value) {
        patch("{\"%s\": %s}".formatted(member, value)).expect(200);

        assertBucket("authenticated", "[\"image/*\"]", "null");
    }

    @ParameterizedTest
    @CsvSource({
        "authenticated, true, public",
        "authenticated, false, authenticated",
        "personal, false, personal",
        "public, false, private",
        "public, true, public"
    })
    void publicIsASwitchThatKeepsTheOtherPolicies(String before, String isPublic, String after) {
        patch("{\"policy\": \"" + before + "\"}").expect(200);

        patch("{\"public\": " + isPublic + "}").expect(200);

        assertBucket(after, "[\"image/*\"]", "1000");
    }

    @Test
    void putInSupabasesShapeDoesTheSame() {
        Answer changed = change("PUT", """
                {"id": "%1$s", "name": "%1$s", "public": true, "file_size_limit": null, "allowed_mime_types": null}""").expect(200);

        assertThat(changed.field("message")).isEqualTo("Successfully updated");
        assertBucket("public", "null", "null");
    }

    @Test
    void aBucketAsItWasReadCanBeSentBack() {
        Answer changed = owner.send("PUT", "/bucket/" + bucket, described());

        assertThat(changed).hasStatus(200);
        assertBucket("authenticated", "[\"image/*\"]", "1000");
        assertThat(owner.send("PATCH", "/bucket/" + made.path("id").stringValue(), described()))
                .hasStatus(200);
    }

    @Test
    void anotherNameIsRefusedBecauseNamesNeverChange() {
        assertThat(patch("{\"name\": \"other\", \"policy\": \"public\"}")).isRefusedBecauseOf("name", "InvalidRequest");
        assertBucket("authenticated", "[\"image/*\"]", "1000");
    }

    @Test
    void onlyTheTimeOfTheChangeMoves() {
        JsonNode changed = patch("{\"policy\": \"public\"}").expect(200).json();

        assertThat(changed.path("created_at")).isEqualTo(made.path("created_at"));
        assertThat(changed.path("owner_id")).isEqualTo(made.path("owner_id"));
        assertThat(OffsetDateTime.parse(changed.path("updated_at").stringValue()))
                .isAfter(OffsetDateTime.parse(made.path("updated_at").stringValue()));
    }

    @Test
    void newLimitsHoldForTheNextUploadAndLeaveWhatIsThere() {
        owner.upload(bucket, "old", Bytes.of("123456"), "Content-Type", "image/png")
                .expect(201);

        patch("{\"max_file_size\": 3, \"allowed_mime_types\": [\"text/plain\"]}")
                .expect(200);

        assertThat(owner.upload(bucket, "new", Bytes.of("123456"), "Content-Type", "text/plain"))
                .isRefused(413, "EntityTooLarge");
        assertThat(owner.upload(bucket, "new", Bytes.of("123"), "Content-Type", "image/png"))
                .isRefused(415, "InvalidMimeType");
        assertThat(owner.upload(bucket, "new", Bytes.of("123"), "Content-Type", "text/plain"))
                .hasStatus(201);
        assertThat(owner.download(bucket, "old")).hasStatus(200);
    }

    @Test
    void aBucketThatIsMadePrivateIsClosedAtOnce() {
        patch("{\"policy\": \"public\"}").expect(200);
        owner.upload(bucket, "file", Bytes.of("x"), "Content-Type", "image/png").expect(201);
        assertThat(gateway.anonymously().download(bucket, "file")).hasStatus(200);

        patch("{\"public\": false}").expect(200);

        assertThat(gateway.anonymously().download(bucket, "file")).isUnauthorized();
        assertThat(gateway.anonymously().get("/object/public/" + bucket + "/file"))
                .hasStatus(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "policy             | {\"policy\": \"secret\"}",
                "policy             | {\"policy\": 1}",
                "public             | {\"public\": \"yes\"}",
                "public             | {\"public\": true, \"policy\": \"private\"}",
                "allowed_mime_types | {\"allowed_mime_types\": \"image/png\"}",
                "allowed_mime_types | {\"allowed_mime_types\": [\"image\"]}",
                "allowed_mime_types | {\"allowed_mime_types\": [null]}",
                "allowed_mime_types | {\"allowed_mime_types\": [\"image/png;a=\\u0000\"]}",
                "allowed_mime_types | {\"allowed_mime_types\": [\"image/png;a=\\ud800\"]}",
                "max_file_size      | {\"max_file_size\": -1}",
                "max_file_size      | {\"max_file_size\": 1.5}",
                "max_file_size      | {\"max_file_size\": \"20XB\"}",
                "max_file_size      | {\"max_file_size\": 99999999999999999999}",
                "file_size_limit    | {\"file_size_limit\": true}",
                "file_size_limit    | {\"file_size_limit\": 5, \"max_file_size\": 6}",
                "body               | [1]",
                "body               | {\"policy\": \"public\", \"policy\": \"public\"}"
            })
    void whatMakesNoSenseIsRefusedWithFieldAndReasonAndChangesNothing(String field, String body) {
        assertThat(patch(body)).isRefusedBecauseOf(field, "InvalidRequest");
        assertThat(change("PUT", body)).isRefusedBecauseOf(field, "InvalidRequest");
        assertBucket("authenticated", "[\"image/*\"]", "1000");
    }

    private Answer patch(String body) {
        return change("PATCH", body);
    }

    private Answer change(String method, String body) {
        return owner.exchange(
                method,
                "/bucket/" + bucket,
                BodyPublishers.ofString(body.replace("%1$s", bucket)),
                "Content-Type",
                "application/json");
    }

    private JsonNode described() {
        return owner.get("/bucket/" + bucket).expect(200).json();
    }

    private void assertBucket(String policy, String mimeTypes, String limit) {
        JsonNode now = described();
        assertThat(now.path("policy").stringValue()).isEqualTo(policy);
        assertThat(now.path("public").booleanValue()).isEqualTo(policy.equals("public"));
        assertThat(now.path("allowed_mime_types").toString()).isEqualTo(mimeTypes);
        assertThat(now.path("max_file_size").toString()).isEqualTo(limit);
        assertThat(now.path("file_size_limit").toString()).isEqualTo(limit);
    }
}
