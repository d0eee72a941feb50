package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a copy takes along and what it replaces. */
class CopyMetadataIT {

    private static final byte[] CONTENT = Bytes.of("<p>");
    private static final String OLD = "{\"old\":{\"nested\":[1,null,\"\u00fc\"]}}";
    private static final String NEW = "{\"new\":true}";

    private final Api api = SharedGateway.get().asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private final JsonNode source = api.upload(
                    bucket,
                    "a",
                    CONTENT,
                    "Content-Type",
                    "text/html; charset=utf-8",
                    "Cache-Control",
                    "max-age=60",
                    "Content-Encoding",
                    "identity",
                    "x-metadata",
                    base64(OLD))
            .expect(201)
            .json();

    @Test
    void everythingIsTakenAlong() {
        copy("b", Map.of()).expect(200);

        assertObject("b", "text/html; charset=utf-8", "max-age=60", OLD);
        assertThat(api.head(bucket, "b")).hasHeader("Content-Encoding", "identity");
    }

    @Test
    void whatIsNamedIsIgnoredUnlessCopyMetadataIsFalse() {
        copy("b", Map.of("metadata", Map.of("mimetype", "text/css")), "x-metadata", base64(NEW))
                .expect(200);

        assertObject("b", "text/html; charset=utf-8", "max-age=60", OLD);
    }

    @Test
    void whatIsNamedReplacesAndTheRestIsKept() {
        copy("type", replacing(Map.of("mimetype", "text/css"))).expect(200);
        copy("cache", replacing(Map.of("cacheControl", "no-store"))).expect(200);
        copy("user", replacing(Map.of()), "x-metadata", base64(NEW)).expect(200);
        copy("nothing", Map.of("copyMetadata", false)).expect(200);
        copy("null", withNull()).expect(200);

        assertObject("type", "text/css", "max-age=60", OLD);
        assertObject("cache", "text/html; charset=utf-8", "no-store", OLD);
        assertObject("user", "text/html; charset=utf-8", "max-age=60", NEW);
        assertObject("nothing", "text/html; charset=utf-8", "max-age=60", OLD);
        assertObject("null", "text/html; charset=utf-8", "max-age=60", OLD);
    }

    @Test
    void anEncodingIsReplacedAndAnEmptyOneTaken() {
        copy("other", replacing(Map.of("contentEncoding", "gzip"))).expect(200);
        copy("none", replacing(Map.of("contentEncoding", ""))).expect(200);

        assertThat(api.head(bucket, "other")).hasHeader("Content-Encoding", "gzip");
        assertThat(api.head(bucket, "none").header("Content-Encoding")).isEmpty();
        assertThat(api.head(bucket, "a")).hasHeader("Content-Encoding", "identity");
    }

    @Test
    void aCopyOntoItselfEditsTheMetadata() {
        Answer edited = copy(
                        "a",
                        replacing(Map.of("mimetype", "text/css", "cacheControl", "no-store")),
                        "x-upsert",
                        "true",
                        "x-metadata",
                        base64(NEW))
                .expect(200);

        assertThat(edited.field("id")).isEqualTo(source.path("id").stringValue());
        assertThat(edited.field("owner_id")).isEqualTo(source.path("owner_id").stringValue());
        assertThat(edited.field("created_at"))
                .isEqualTo(source.path("created_at").stringValue());
        assertThat(edited.field("etag")).isNotEqualTo(source.path("etag").stringValue());
        assertThat(edited.json().path("metadata").toString()).isEqualTo(NEW);
        assertObject("a", "text/css", "no-store", NEW);
        assertThat(api.download(bucket, "a")).hasBody(CONTENT);
    }

    @Test
    void aCopyOntoItselfNeedsUpsert() {
        assertThat(copy("a", replacing(Map.of("mimetype", "text/css")))).isRefused(409, "KeyAlreadyExists");
        assertObject("a", "text/html; charset=utf-8", "max-age=60", OLD);
    }

    @Test
    void noNewTypeGetsPastTheBucketsLimits() {
        api.send("PATCH", "/bucket/" + bucket, Map.of("allowed_mime_types", new String[] {"text/*"}))
                .expect(200);

        assertThat(copy("b", replacing(Map.of("mimetype", "image/png")))).isRefused(415, "InvalidMimeType");
        assertThat(copy("a", replacing(Map.of("mimetype", "image/png")), "x-upsert", "true"))
                .isRefused(415, "InvalidMimeType");
        assertObject("a", "text/html; charset=utf-8", "max-age=60", OLD);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metadata              | {\"copyMetadata\": false, \"metadata\": \"text\"}",
                "metadata.mimetype     | {\"copyMetadata\": false, \"metadata\": {\"mimetype\": 1}}",
                "metadata.mimetype     | {\"copyMetadata\": false, \"metadata\": {\"mimetype\": \"image/*\"}}",
                "metadata.mimetype     | {\"copyMetadata\": false, \"metadata\": {\"mimetype\": \"a/b\\r\\nx: y\"}}",
                "metadata.mimetype     | {\"copyMetadata\": false, \"metadata\": {\"mimetype\": \"a/b;c=\\ud800\"}}",
                "metadata.cacheControl | {\"copyMetadata\": false, \"metadata\": {\"cacheControl\": 60}}",
                "metadata.cacheControl | {\"copyMetadata\": false, \"metadata\": {\"cacheControl\": \"a\\u0000\"}}",
                "metadata.contentEncoding | {\"copyMetadata\": false, \"metadata\": {\"contentEncoding\": \"a b\"}}",
                "copyMetadata          | {\"copyMetadata\": \"false\"}"
            })
    void whatMakesNoSenseIsRefusedWithFieldAndReason(String field, String body) {
        Map<String, Object> members = JsonMapper.shared().readValue(body, new TypeReference<>() {});

        assertThat(copy("b", members)).isRefusedBecauseOf(field, "InvalidRequest");
        assertThat(api.download(bucket, "b")).isRefused(404, "NoSuchKey");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[1]", "{\"a\": \"\\u0000\"}", "{\"\\ud800\": 1}", "{\"a\": [\"\\udc00x\"]}", "{"})
    void metadataThatCanNotBeKeptIsRefused(String json) {
        assertThat(copy("b", replacing(Map.of()), "x-metadata", base64(json)))
                .isRefusedBecauseOf("x-metadata", "InvalidMetadata");
        assertThat(api.upload(bucket, "b", CONTENT, "x-metadata", base64(json)))
                .isRefusedBecauseOf("x-metadata", "InvalidMetadata");
        assertThat(api.download(bucket, "b")).isRefused(404, "NoSuchKey");
    }

    private Answer copy(String to, Map<String, ?> members, String... headers) {
        Map<String, Object> body = new HashMap<>(Map.of("bucketId", bucket, "sourceKey", "a", "destinationKey", to));
        body.putAll(members);
        return api.send("POST", "/object/copy", body, headers);
    }

    private static Map<String, Object> replacing(Map<String, ?> metadata) {
        return Map.of("copyMetadata", false, "metadata", metadata);
    }

    private static Map<String, Object> withNull() {
        Map<String, Object> members = new HashMap<>(Map.of("copyMetadata", false));
        members.put("metadata", null);
        return members;
    }

    private void assertObject(String path, String type, String cacheControl, String metadata) {
        JsonNode info = api.info(bucket, path).expect(200).json();
        assertThat(info.path("content_type").stringValue()).isEqualTo(type);
        assertThat(info.path("cache_control").stringValue()).isEqualTo(cacheControl);
        assertThat(info.path("metadata")).isEqualTo(JsonMapper.shared().readTree(metadata));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(Bytes.of(text));
    }
}
