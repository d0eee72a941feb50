package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InfoIT {

    private static final byte[] CONTENT = Bytes.of("content");

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("public");

    @Test
    void infoTellsEverythingOfAnObject() {
        Answer uploaded = api.upload(bucket, "dir/file", CONTENT, "Content-Type", "text/plain")
                .expect(201);

        JsonNode info = api.info(bucket, "dir/file").expect(200).json();

        assertThat(info.path("id").stringValue()).isEqualTo(uploaded.field("id"));
        assertThat(info.path("name").stringValue()).isEqualTo("dir/file");
        assertThat(info.path("version").stringValue()).isEqualTo(uploaded.field("version"));
        assertThat(info.path("bucket_id").stringValue())
                .isEqualTo(api.get("/bucket/" + bucket).field("id"));
        assertThat(info.path("size").longValue()).isEqualTo(CONTENT.length);
        assertThat(info.path("content_type").stringValue()).isEqualTo("text/plain");
        assertThat(info.path("cache_control").stringValue()).isEqualTo("no-cache");
        assertThat(info.path("etag").stringValue()).isEqualTo(uploaded.field("etag"));
        assertThat(info.path("checksum").stringValue()).isEqualTo(Bytes.sha256(CONTENT));
        assertThat(info.has("metadata")).isTrue();
        assertThat(OffsetDateTime.parse(info.path("last_modified").stringValue()))
                .isEqualTo(OffsetDateTime.parse(uploaded.field("updated_at")));
        assertThat(OffsetDateTime.parse(info.path("created_at").stringValue()))
                .isEqualTo(OffsetDateTime.parse(uploaded.field("created_at")));
    }

    @Test
    void theOtherTwoRoutesTellTheSame() {
        api.upload(bucket, "file", CONTENT).expect(201);
        JsonNode info = api.info(bucket, "file").json();

        assertThat(gateway.anonymously()
                        .get("/object/info/public/" + bucket + "/file")
                        .json())
                .isEqualTo(info);
        assertThat(api.get("/object/info/authenticated/" + bucket + "/file").json())
                .isEqualTo(info);
    }

    @Test
    void headOfInfoHasALengthAndAnETagAndNoBody() throws IOException {
        api.upload(bucket, "file", CONTENT).expect(201);

        Answer head = RawHttp.ask(gateway.port(), "HEAD /storage/v1/object/info/" + bucket + "/file");

        assertThat(head).hasStatus(200);
        assertThat(head.header("Content-Length").map(Long::parseLong).orElseThrow())
                .isPositive();
        assertThat(head.header("ETag")).isPresent();
    }

    @Test
    void userMetadataComesBackAsNestedAsItWent() {
        String json = """
                {"a": {"b": [1, 2.5, true, null, "ü\\u0001"]}, "empty": {}, "text": "x"}""";

        Answer uploaded = api.upload(bucket, "file", CONTENT, "x-metadata", base64(json));

        assertThat(uploaded).hasStatus(201);
        JsonNode sent = JsonMapper.shared().readTree(json);
        assertThat(uploaded.json().path("metadata")).isEqualTo(sent);
        assertThat(api.info(bucket, "file").json().path("metadata")).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "\"text\"", "1", "null", "", "{", "{\"a\":1} x", "{\"a\": \"\\u0000\"}"})
    void metadataThatIsNoObjectIsRefused(String json) {
        assertThat(api.upload(bucket, "file", CONTENT, "x-metadata", base64(json)))
                .isRefused(400, "InvalidMetadata");
        assertThat(api.download(bucket, "file")).hasStatus(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"not base64!", "e30", "{}", "e30==="})
    void metadataThatIsNotBase64IsRefused(String header) {
        Answer answer = api.upload(bucket, "file", CONTENT, "x-metadata", header);

        if (header.equals("e30")) {
            assertThat(answer.status()).as("padding may be left out").isIn(201, 400);
        } else {
            assertThat(answer).isRefused(400, "InvalidMetadata");
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(Bytes.of(text));
    }
}
