package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a web page of another origin may do, and what it can read of the answers. */
class CorsIT {

    private static final String PAGE = "https://app.example.com";
    private static final String[] ORIGIN = {"Origin", PAGE};

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    private static Answer preflight(Gateway gateway, String path, String origin, String method, String headers) {
        return gateway.anonymously()
                .exchange(
                        "OPTIONS",
                        path,
                        BodyPublishers.noBody(),
                        "Origin",
                        origin,
                        "Access-Control-Request-Method",
                        method,
                        "Access-Control-Request-Headers",
                        headers);
    }

    private static void canBeRead(Answer answer) {
        assertThat(answer).hasHeader("Access-Control-Allow-Origin", "*");
        assertThat(answer.headers().allValues("Vary")).contains("Origin");
        assertThat(answer.header("Access-Control-Expose-Headers").orElse(""))
                .contains("etag", "content-range", "x-request-id");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
    }

    @Test
    void aPreflightNeedsNoToken() {
        for (String method : List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")) {
            Answer answer = preflight(
                    gateway, "/object/" + bucket + "/file", PAGE, method, "authorization,x-upsert,content-type");

            assertThat(answer).hasStatus(200).hasHeader("Access-Control-Allow-Origin", "*");
            assertThat(answer.header("Access-Control-Allow-Methods").orElse("")).contains(method);
            assertThat(answer.header("Access-Control-Allow-Headers").orElse(""))
                    .contains("authorization", "x-upsert", "content-type");
            assertThat(answer).hasHeader("Access-Control-Max-Age", "3600");
        }
    }

    @Test
    void aPageCanReadWhatItMayHave() {
        canBeRead(api.upload(bucket, "file", Bytes.of("content"), ORIGIN).expect(201));
        canBeRead(api.download(bucket, "file", ORIGIN).expect(200));
        canBeRead(api.head(bucket, "file", ORIGIN).expect(200));
    }

    @Test
    void aPageCanReadWhyItWasRefused() {
        String small = Names.bucket("small");
        api.createBucket("{\"name\": \"" + small + "\", \"max_file_size\": 3}").expect(201);

        canBeRead(api.download(bucket, "nothing", ORIGIN).expect(404));
        canBeRead(api.upload(small, "file", Bytes.of("four"), ORIGIN).expect(413));
        canBeRead(api.uploadChunked(small, "file", Bytes.of("four"), ORIGIN).expect(413));
        canBeRead(api.get("/nowhere", ORIGIN).expect(404));
        canBeRead(api.get("/object/" + bucket + "/a%2F..%2Fb", ORIGIN).expect(400));
        canBeRead(gateway.anonymously().download(bucket, "file", ORIGIN).expect(401));
        canBeRead(gateway.as("nonsense").download(bucket, "file", ORIGIN).expect(401));
        canBeRead(gateway.asUser(Names.user())
                .upload(bucket, "file", Bytes.of("x"), ORIGIN)
                .expect(403));
    }

    @Test
    void theManagementPortHasNone() {
        Answer answer = gateway.anonymously()
                .exchange(
                        "GET",
                        gateway.management().resolve("/actuator/health/liveness"),
                        BodyPublishers.noBody(),
                        ORIGIN);

        assertThat(answer).hasStatus(200);
        assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control-"));
    }

    @Test
    void namedOriginsMayComeWithCredentialsAndOthersMayNot() {
        try (Gateway named = Gateway.start(
                "--storage.cors.allowed-origins=" + PAGE + ",http://localhost:3000",
                "--storage.cors.allow-credentials=true")) {
            Answer ours = named.anonymously().get("/bucket", ORIGIN);
            assertThat(ours).hasStatus(200).hasHeader("Access-Control-Allow-Origin", PAGE);
            assertThat(ours).hasHeader("Access-Control-Allow-Credentials", "true");
            assertThat(preflight(named, "/bucket", "http://localhost:3000", "POST", "authorization"))
                    .hasStatus(200);

            Answer theirs = named.anonymously().get("/bucket", "Origin", "https://evil.example");
            assertThat(theirs).hasStatus(200);
            assertThat(theirs.header("Access-Control-Allow-Origin")).isEmpty();
            assertThat(theirs.headers().allValues("Vary")).contains("Origin");
            assertThat(preflight(named, "/bucket", "https://evil.example", "POST", "authorization"))
                    .isRefused(403, "AccessDenied");
        }
    }

    @Test
    void credentialsForEveryOriginAreRefusedAtStart() throws Exception {
        Launch.Exit exit = Launch.fresh("--storage.cors.allow-credentials=true").runToEnd();

        assertThat(exit.code()).isNotZero();
        assertThat(exit.output()).contains("storage.cors.allowed-origins has *").doesNotContain("\tat ", "stack_trace");
    }
}
