package io.aerodb.storage.access;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** POST /admin/explain, and who may ask there. */
class ExplainIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api service = gateway.asService();
    private final String owner = Names.user();
    private final String other = Names.user();
    private final Api owning = gateway.asUser(owner);

    @ParameterizedTest
    @ValueSource(strings = {"public", "authenticated", "private", "personal"})
    void saysWhatTheRequestIsThenAnswered(String policy) {
        String bucket = owning.newBucket(policy);
        owning.upload(bucket, owner + "/file", Bytes.of("x")).expect(201);
        Map<String, Api> callers = Map.of(owner, owning, other, gateway.asUser(other));

        callers.forEach((sub, api) -> {
            for (String path : List.of(owner + "/file", owner + "/none", "top")) {
                assertThat(outcome(sub, bucket, path, "download"))
                        .as("%s downloads %s", sub, path)
                        .isEqualTo(words(api.download(bucket, path)));
            }
            assertThat(outcome(sub, bucket, sub + "/new", "upload"))
                    .isEqualTo(words(api.upload(bucket, sub + "/new", Bytes.of("y"))));
            assertThat(outcome(sub, bucket, owner + "/file", "upload"))
                    .isEqualTo(words(api.replace(bucket, owner + "/file", Bytes.of("z"))));
        });
        assertThat(outcome(other, bucket, owner + "/file", "delete"))
                .isEqualTo(words(gateway.asUser(other).remove(bucket, owner + "/file")));
        assertThat(outcome(owner, bucket, owner + "/file", "delete"))
                .isEqualTo(words(owning.remove(bucket, owner + "/file")));
    }

    @Test
    void showsWhichRightIsMissingAndWhichRulesWereAsked() {
        String bucket = owning.newBucket("authenticated");
        owning.upload(bucket, "file", Bytes.of("x")).expect(201);

        Answer answer = explain(bucket, "file", "upload", Map.of("sub", other));

        assertThat(answer).hasStatus(200).hasHeader("Content-Type", "application/json");
        assertThat(answer.field("outcome")).isEqualTo("denied");
        assertThat(answer.json().path("missing_rights").toString()).isEqualTo("[\"update\"]");
        assertThat(answer.json().path("bucket").path("policy").asString()).isEqualTo("authenticated");
        assertThat(answer.json().path("object").path("owner_id").asString()).isEqualTo(owner);
        assertThat(answer.each("rights", "right")).containsExactly("select", "insert", "update", "delete");
        assertThat(owning.download(bucket, "file").text())
                .as("nothing was written")
                .isEqualTo("x");
    }

    @Test
    void withoutClaimsItIsWhoShowsNoToken() {
        String bucket = owning.newBucket("public");

        Answer answer = service.send(
                "POST", "/admin/explain", Map.of("bucket", bucket, "path", "none", "operation", "download"));

        assertThat(answer.field("outcome")).isEqualTo("missing");
    }

    @Test
    void anUnknownBucketIsCalledSo() {
        assertThat(explain("nowhere", "x", "select", Map.of("role", "anon")).field("outcome"))
                .isEqualTo("no_bucket");
    }

    @ParameterizedTest
    @CsvSource({
        "claims,    '{\"bucket\":\"b\",\"path\":\"x\",\"operation\":\"select\",\"claims\":{\"role\":\"postgres\"}}'",
        "claims,    '{\"bucket\":\"b\",\"path\":\"x\",\"operation\":\"select\",\"claims\":{\"sub\":7}}'",
        "claims,    '{\"bucket\":\"b\",\"path\":\"x\",\"operation\":\"select\",\"claims\":{\"sub\":\"a\\u0000\"}}'",
        "claims,    '{\"bucket\":\"b\",\"path\":\"x\",\"operation\":\"select\",\"claims\":[]}'",
        "operation, '{\"bucket\":\"b\",\"path\":\"x\",\"operation\":\"drop\"}'",
        "operation, '{\"bucket\":\"b\",\"path\":\"x\"}'",
        "bucket,    '{\"path\":\"x\",\"operation\":\"select\"}'",
        "path,      '{\"bucket\":\"b\",\"operation\":\"select\"}'",
    })
    void aQuestionThatMakesNoSenseIsRefused(String field, String question) {
        assertThat(service.postJson("/admin/explain", question)).isRefusedBecauseOf(field, "InvalidRequest");
    }

    @Test
    void aPathThatNoObjectCanHaveIsRefused() {
        assertThat(explain("b", "../x", "select", Map.of())).isRefusedBecauseOf("path", "InvalidKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/admin/explain", "/admin/nothing", "/admin", "/%61dmin/explain"})
    void nobodyButTheServiceLearnsWhatIsBelowAdmin(String address) {
        assertThat(gateway.anonymously().postJson(address, "{}")).isUnauthorized();
        assertThat(owning.postJson(address, "{}")).isRefused(403, "AccessDenied");
        assertThat(gateway.as(gateway.tokens().anonymous()).postJson(address, "{}"))
                .isRefused(403, "AccessDenied");
    }

    @Test
    void whatIsNotThereIsToldToTheService() {
        assertThat(service.get("/admin/nothing")).isRefused(404, "NoSuchRoute");
    }

    private String outcome(String sub, String bucket, String path, String operation) {
        return explain(bucket, path, operation, Map.of("sub", sub)).expect(200).field("outcome");
    }

    private Answer explain(String bucket, String path, String operation, Map<String, Object> claims) {
        Map<String, Object> question = Map.of("bucket", bucket, "path", path, "operation", operation, "claims", claims);
        return service.send("POST", "/admin/explain", question);
    }

    private static String words(Answer answer) {
        return switch (answer.status()) {
            case 200, 201, 204 -> "allowed";
            case 403 -> "denied";
            case 404 -> "missing";
            default -> answer.toString();
        };
    }
}
