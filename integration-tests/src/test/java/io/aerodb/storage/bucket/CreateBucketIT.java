package io.aerodb.storage.bucket;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CreateBucketIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String name = Names.bucket("made");

    @Test
    void nativeShapeAnswers201WithTheWholeBucket() {
        Answer answer = create("""
                {"name": "%s", "policy": "authenticated", "allowed_mime_types": ["image/*", "text/plain"],
                 "max_file_size": 1000}""");

        assertThat(answer).hasStatus(201);
        JsonNode bucket = answer.json();
        assertThat(bucket.path("id").stringValue()).satisfies(UUID::fromString);
        assertThat(bucket.path("name").stringValue()).isEqualTo(name);
        assertThat(bucket.path("owner_id").stringValue()).isEqualTo(user);
        assertThat(bucket.path("owner").stringValue()).isEqualTo(user);
        assertThat(bucket.path("policy").stringValue()).isEqualTo("authenticated");
        assertThat(bucket.path("public").booleanValue()).isFalse();
        assertThat(bucket.path("allowed_mime_types").toString()).isEqualTo("[\"image/*\",\"text/plain\"]");
        assertThat(bucket.path("max_file_size").longValue()).isEqualTo(1000);
        assertThat(bucket.path("file_size_limit").longValue()).isEqualTo(1000);
        assertThat(OffsetDateTime.parse(bucket.path("created_at").stringValue()).toInstant())
                .isBetween(
                        Instant.now().minus(Duration.ofMinutes(1)),
                        Instant.now().plusSeconds(1));
        assertThat(bucket.path("updated_at").stringValue())
                .isEqualTo(bucket.path("created_at").stringValue());
    }

    @Test
    void aBucketIsPrivateAndWithoutLimitsUnlessAsked() {
        JsonNode bucket = create("{\"name\": \"%s\"}").expect(201).json();

        assertThat(bucket.path("policy").stringValue()).isEqualTo("private");
        for (String absent : new String[] {"allowed_mime_types", "max_file_size", "file_size_limit"}) {
            assertThat(bucket.has(absent)).as(absent).isTrue();
            assertThat(bucket.path(absent).isNull()).as(absent).isTrue();
        }
    }

    @Test
    void supabaseShapeAnswers200AndKeepsTheIdAsked() {
        Answer answer = create("""
                {"id": "%1$s", "name": "%1$s", "public": true, "file_size_limit": 5000,
                 "allowed_mime_types": ["image/png"]}""");

        assertThat(answer).hasStatus(200);
        assertThat(answer.field("name")).isEqualTo(name);
        assertThat(answer.field("id")).isEqualTo(name);
        assertThat(answer.field("policy")).isEqualTo("public");
        assertThat(answer.json().path("public").booleanValue()).isTrue();
        assertThat(answer.json().path("file_size_limit").longValue()).isEqualTo(5000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"public\": false", "\"file_size_limit\": null"})
    void eachMemberThatOnlySupabaseHasMakesItsShape(String member) {
        Answer answer = create("{\"name\": \"%s\", " + member + "}");

        assertThat(answer).hasStatus(200);
        assertThat(answer.field("policy")).isEqualTo("private");
        assertThat(answer.field("id")).satisfies(UUID::fromString);
    }

    @Test
    void anIdOtherThanTheNameIsRefused() {
        assertThat(create("{\"id\": \"other\", \"name\": \"%s\", \"public\": true}"))
                .isRefused(400, "InvalidRequest");
        assertThat(api.get("/bucket/" + name)).hasStatus(404);
    }

    @Test
    void aTakenNameIsADuplicateForEverybody() {
        create("{\"name\": \"%s\"}").expect(201);

        Answer again = gateway.asUser(Names.user()).createBucket("{\"name\": \"" + name + "\"}");

        assertThat(again).isRefused(409, "BucketAlreadyExists", "The resource already exists");
        assertThat(again.field("error")).isEqualTo("Duplicate");
    }

    @Test
    void namesAndIdsShareOneNamespace() {
        create("{\"id\": \"%1$s\", \"name\": \"%1$s\", \"public\": false}").expect(200);

        assertThat(create("{\"name\": \"%s\"}")).isRefused(409, "BucketAlreadyExists");
    }

    @Test
    void serviceWithoutAUserMakesABucketWithoutAnOwner() {
        Answer answer = gateway.asService().createBucket("{\"name\": \"" + name + "\"}");

        assertThat(answer).hasStatus(201);
        assertThat(answer.json().path("owner_id").isNull()).isTrue();
        assertThat(answer.json().path("owner").stringValue()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "\"text\"",
                "{}",
                "{\"name\": null}",
                "{\"name\": 7}",
                "{\"name\": [\"%s\"]}",
                "{\"name\": \"%s\", \"policy\": \"secret\"}",
                "{\"name\": \"%s\", \"policy\": 1}",
                "{\"name\": \"%s\", \"max_file_size\": -1}",
                "{\"name\": \"%s\", \"max_file_size\": 1.5}",
                "{\"name\": \"%s\", \"max_file_size\": \"20XB\"}",
                "{\"name\": \"%s\", \"max_file_size\": \"\"}",
                "{\"name\": \"%s\", \"max_file_size\": 99999999999999999999}",
                "{\"name\": \"%s\", \"max_file_size\": true}",
                "{\"name\": \"%s\", \"public\": \"yes\"}",
                "{\"name\": \"%s\", \"allowed_mime_types\": \"image/png\"}",
                "{\"name\": \"%s\", \"allowed_mime_types\": [1]}",
                "{\"name\": \"%s\", \"allowed_mime_types\": [\"image\"]}",
                "{\"name\": \"%s\", \"allowed_mime_types\": [\"*/png\"]}",
                "{\"name\": \"%s\"} trailing",
            })
    void whatIsNoBucketIsRefusedWithTheReason(String body) {
        assertThat(create(body).status()).as(body).isEqualTo(400);
        assertThat(create(body).field("code")).as(body).isIn("InvalidRequest", "InvalidBucketName");
        assertThat(create(body)).revealsNothing();
        assertThat(api.get("/bucket/" + name)).hasStatus(404);
    }

    @Test
    void aBodyThatIsNoUtf8IsRefused() {
        byte[] latin1 = {'{', '"', 'n', 'a', 'm', 'e', '"', ':', '"', (byte) 0xe9, '"', '}'};

        assertThat(api.exchange("POST", "/bucket", java.net.http.HttpRequest.BodyPublishers.ofByteArray(latin1)))
                .isRefused(400, "InvalidRequest");
    }

    @Test
    void aJsonBodyOfMoreThanAMegabyteIsTooLarge() {
        String padding = " ".repeat(1_100_000);

        assertThat(create("{\"name\": \"%s\"}" + padding)).isRefused(413, "EntityTooLarge");
        assertThat(api.get("/bucket/" + name)).hasStatus(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=UTF-8", "application/octet-stream", "application/json; charset=utf-8"})
    void theBodyIsJsonWhateverItsContentTypeSays(String contentType) {
        Answer answer = api.exchange(
                "POST",
                "/bucket",
                java.net.http.HttpRequest.BodyPublishers.ofString("{\"name\": \"" + name + "\"}"),
                "Content-Type",
                contentType);

        assertThat(answer).hasStatus(201);
    }

    private Answer create(String body) {
        return api.createBucket(body.formatted(name));
    }
}
