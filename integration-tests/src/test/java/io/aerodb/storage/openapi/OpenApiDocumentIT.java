package io.aerodb.storage.openapi;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The description of the API: served, valid, and strict enough to catch what does not fit it. */
class OpenApiDocumentIT {

    private static final String META_SCHEMA = "/openapi/3.1/schema/2025-09-15";

    private final Api anybody = SharedGateway.get().anonymously();

    @Test
    void isValidAgainstTheSchemaOfOpenApi() throws IOException {
        try (InputStream file = OpenApiDocument.class.getResourceAsStream(META_SCHEMA)) {
            Schema metaSchema = Schema.of(JsonMapper.shared().readTree(Objects.requireNonNull(file)));

            assertThat(metaSchema.complaints(OpenApiDocument.get().root())).isEmpty();
        }
    }

    @Test
    void isServedToAnybodyAndKnownByItsTag() {
        for (String address : List.of("/openapi.yaml", "/docs")) {
            Answer whole = anybody.get(address);

            assertThat(whole).hasStatus(200).hasHeader("Cache-Control", "max-age=300, public");
            String etag = whole.header("ETag").orElseThrow();
            assertThat(anybody.get(address, "If-None-Match", etag))
                    .hasStatus(304)
                    .hasBody(new byte[0]);
            assertThat(anybody.get(address, "If-None-Match", "\"other\"")).hasStatus(200);
        }
        assertThat(anybody.get("/openapi.yaml").text()).startsWith("openapi: 3.1");
        assertThat(anybody.get("/docs").text()).contains("GET /object/{bucket}/{path}");
    }

    @Test
    void noticesUndocumentedStatusesBodiesMembersTypesAndAddresses() {
        accepts("GET", "/bucket", answer(200, "application/json", "[]"));

        refuses("GET", "/bucket", answer(418, "application/json", "[]"));
        refuses("GET", "/bucket", answer(200, "application/json", "{}"));
        refuses("GET", "/bucket", answer(200, "text/plain", "[]"));
        refuses(
                "DELETE",
                "/bucket/b",
                answer(200, "application/json", "{\"message\": \"Successfully deleted\", \"x\": 1}"));
        refuses("DELETE", "/bucket/b", answer(200, "application/json", "{\"message\": \"gone\"}"));
        refuses("DELETE", "/object/b/p", answer(204, "text/plain", "a body"));
        refuses("POST", "/object/b/p", answer(201, "application/json", "{}"));
        refuses("GET", "/nowhere", answer(200, "application/json", "{}"));
    }

    @Test
    void noticesCodesThatBelongElsewhere() {
        accepts("GET", "/bucket/b", failure(404, "NoSuchBucket"));
        accepts("GET", "/bucket/b", failure(503, "ServiceUnavailable"));

        refuses("GET", "/bucket/b", failure(404, "NoSuchKey"));
        refuses("GET", "/bucket/b", failure(409, "KeyAlreadyExists"));
        refuses("GET", "/bucket/b", failure(503, "NoSuchBucket"));
    }

    private static void accepts(String method, String path, Answer answer) {
        OpenApiDocument.get().check(method, "/storage/v1" + path, answer);
    }

    private static void refuses(String method, String path, Answer answer) {
        assertThatThrownBy(() -> accepts(method, path, answer)).isInstanceOf(AssertionError.class);
    }

    private static Answer failure(int status, String code) {
        return answer(
                status,
                "application/json",
                "{\"statusCode\":\"%d\",\"error\":\"e\",\"message\":\"m\",\"code\":\"%s\",\"request_id\":\"r\"}"
                        .formatted(status, code));
    }

    private static Answer answer(int status, String type, String body) {
        return new Answer(
                status, HttpHeaders.of(Map.of("Content-Type", List.of(type)), (name, value) -> true), Bytes.of(body));
    }
}
