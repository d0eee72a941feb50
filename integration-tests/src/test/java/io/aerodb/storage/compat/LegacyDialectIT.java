package io.aerodb.storage.compat;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The API as Supabase's server has always answered, below {@code /compat/supabase/storage/v1}. */
class LegacyDialectIT {

    private static final String MOUNT = "/compat/supabase/storage/v1";
    private static final byte[] CONTENT = Bytes.of("content");

    private final Gateway gateway = SharedGateway.get();
    private final Api alice = gateway.asUser(Names.user());
    private final Api bob = gateway.asUser(Names.user());
    private final String bucket = alice.newBucket("public");

    private Answer legacy(Api caller, String method, String path, String body, String... headers) {
        URI address = URI.create(gateway.address() + MOUNT + path);
        return caller.exchange(method, address, BodyPublishers.ofString(body), headers);
    }

    private static void isRefused(Answer answer, int status, String code) {
        assertThat(answer).hasStatus(400).revealsNothing();
        assertThat(answer.field("statusCode")).isEqualTo("" + status);
        assertThat(answer.field("code")).isEqualTo(code);
        assertThat(answer.field("message")).isNotEmpty();
        assertThat(answer.field("request_id")).isNotEmpty();
    }

    private String object(String path) {
        return "/object/" + bucket + "/" + path;
    }

    @Test
    void whatIsCreatedIs200() {
        Answer upload = legacy(alice, "POST", object("a"), "content");
        Answer created = legacy(alice, "POST", "/bucket", "{\"name\": \"%s\"}".formatted(Names.bucket("legacy")));

        assertThat(upload).hasStatus(200);
        assertThat(upload.field("Key")).isEqualTo(bucket + "/a");
        assertThat(created).hasStatus(200);
        assertThat(created.field("policy")).isEqualTo("private");
    }

    @Test
    void aRemovalIs200AndSaysSo() {
        alice.upload(bucket, "a", CONTENT).expect(201);

        Answer removed = legacy(alice, "DELETE", object("a"), "");

        assertThat(removed).hasStatus(200).hasHeader("Content-Type", "application/json");
        assertThat(removed.text()).isEqualTo("{\"message\":\"Successfully deleted\"}");
        assertThat(removed).hasHeader("Content-Length", "" + removed.body().length);
        assertThat(alice.download(bucket, "a")).hasStatus(404);
    }

    @Test
    void everyRefusalIs400AndSaysWhatItIs() {
        alice.upload(bucket, "a", CONTENT).expect(201);
        String limited = alice.newLimitedBucket("\"max_file_size\": 1, \"allowed_mime_types\": [\"image/png\"]");

        isRefused(legacy(alice, "GET", object("none"), ""), 404, "NoSuchKey");
        isRefused(legacy(alice, "GET", "/bucket/none", ""), 404, "NoSuchBucket");
        isRefused(legacy(alice, "GET", "/nowhere", ""), 404, "NoSuchRoute");
        isRefused(legacy(bob, "PUT", object("a"), "b"), 403, "AccessDenied");
        isRefused(legacy(alice, "POST", object("a"), "b", "x-upsert", "false"), 409, "KeyAlreadyExists");
        isRefused(legacy(alice, "POST", object("a"), "b", "If-None-Match", "*"), 412, "PreconditionFailed");
        isRefused(legacy(alice, "GET", object("a"), "", "If-Match", "\"b\""), 412, "PreconditionFailed");
        isRefused(
                legacy(alice, "POST", "/object/" + limited + "/a", "ab", "Content-Type", "image/png"),
                413,
                "EntityTooLarge");
        isRefused(
                legacy(alice, "POST", "/object/" + limited + "/a", "a", "Content-Type", "text/css"),
                415,
                "InvalidMimeType");
        isRefused(legacy(alice, "POST", "/object/list/" + bucket, "[]"), 400, "InvalidRequest");
    }

    @Test
    void aRangeThatCannotBeAnsweredStays416() {
        alice.upload(bucket, "a", CONTENT).expect(201);

        assertThat(legacy(alice, "GET", object("a"), "", "Range", "bytes=7-"))
                .isRefused(416, "InvalidRange")
                .hasHeader("Content-Range", "bytes */7");
    }

    @Test
    void whatIsNotImplementedStays501() {
        assertThat(legacy(alice, "GET", "/render/image/public/" + bucket + "/a", ""))
                .isRefused(501, "NotImplemented");
    }

    @Test
    void withoutATokenTheHeaderIsNamed() {
        Answer refused = legacy(gateway.anonymously(), "POST", object("a"), "a");

        isRefused(refused, 401, "Unauthorized");
        assertThat(refused.field("message")).contains("authorization");
        assertThat(refused.field("reason")).isEqualTo("insert");
    }

    @Test
    void aTokenThatIsNotValidIs403InTheBody() {
        for (Api stranger :
                List.of(gateway.as("a.b.c"), gateway.as(gateway.tokens().expired(Names.user())))) {
            Answer refused = legacy(stranger, "GET", object("a"), "");

            assertThat(refused).hasStatus(400);
            assertThat(refused.field("statusCode")).isEqualTo("403");
            assertThat(refused.field("error")).isEqualTo("Unauthorized");
        }
        Answer byKey = legacy(gateway.anonymously(), "GET", object("a"), "", "apikey", "a.b.c");
        assertThat(byKey.field("statusCode")).isEqualTo("403");
    }

    @Test
    void anAnonymousTokenThatMayNotIs403InTheBody() {
        Answer refused = legacy(gateway.as(gateway.tokens().anonymous()), "POST", object("a"), "a");

        assertThat(refused).hasStatus(400);
        assertThat(refused.field("statusCode")).isEqualTo("403");
        assertThat(refused.field("error")).isEqualTo("Unauthorized");
    }

    @Test
    void nothingElseDiffers() {
        alice.upload(bucket, "a", CONTENT, "Cache-Control", "max-age=60").expect(201);
        for (String[] asked : List.of(
                new String[0], new String[] {"Range", "bytes=1-2"}, new String[] {"If-None-Match", "*"}, new String[] {
                    "Origin", "https://app.example.com"
                })) {
            Answer there = legacy(bob, "GET", object("a") + "?download", "", asked);
            Answer here = bob.get(object("a") + "?download", asked);

            assertThat(there).hasStatus(here.status()).hasBody(here.body());
            assertThat(lasting(there)).isEqualTo(lasting(here));
        }
    }

    /** Without what differs between any two answers. */
    private static Map<String, List<String>> lasting(Answer answer) {
        Map<String, List<String>> headers = new HashMap<>(answer.headers().map());
        headers.keySet().removeAll(List.of("x-request-id", "date"));
        return headers;
    }

    @Test
    void aHeadIsTranslatedToo() throws IOException {
        alice.upload(bucket, "a", CONTENT).expect(201);
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            Answer found = connection
                    .request("HEAD " + MOUNT + object("a") + " HTTP/1.1")
                    .answerToHead();
            Answer missing = connection
                    .request("HEAD " + MOUNT + object("none") + " HTTP/1.1")
                    .answerToHead();
            Answer again = connection
                    .request("HEAD " + MOUNT + object("a") + " HTTP/1.1")
                    .answerToHead();

            assertThat(found).hasStatus(200).hasHeader("Content-Length", "7");
            assertThat(missing).hasStatus(400);
            assertThat(again).hasStatus(200);
        }
    }

    @Test
    void pathsArriveAsTheyWereSent() throws IOException {
        for (String path : List.of("a;b=1", "a%3Bb", "%E6%97%A5/a+b", "a//b", "a%2Fb", "a%3F%23%25")) {
            Answer answer = RawHttp.ask(
                    gateway.port(),
                    "PUT " + MOUNT + object(path),
                    "Authorization: Bearer " + gateway.tokens().service(),
                    "Content-Length: 0");
            Answer known = RawHttp.ask(
                    gateway.port(),
                    "GET /storage/v1/object/info/" + bucket + "/" + path,
                    "Authorization: Bearer " + gateway.tokens().service());

            assertThat(answer).hasStatus(200);
            assertThat(answer.field("path")).isEqualTo(known.field("name"));
        }
    }

    @Test
    void malformedRequestsAreRefusedAsEverywhere() throws IOException {
        isRefused(RawHttp.ask(gateway.port(), "GET " + MOUNT + object("%zz")), 400, "InvalidKey");
        isRefused(RawHttp.ask(gateway.port(), "GET " + MOUNT + object("..%2fa")), 400, "InvalidKey");
    }

    @Test
    void theMountIsExactlyThere() throws IOException {
        for (String near : List.of(
                "/compat/supabase/storage/v12/status",
                "/compat/supabase/storage/v1status",
                "/compat/supabase/status",
                "/compat/supabase/storage/v1" + MOUNT + "/status")) {
            assertThat(RawHttp.ask(gateway.port(), "GET " + near).status())
                    .as(near)
                    .isIn(400, 404);
        }
        assertThat(RawHttp.ask(gateway.port(), "GET " + MOUNT + "/status")).hasStatus(200);
    }

    @Test
    void itIsNotOnTheManagementPort() {
        URI address = gateway.management().resolve(MOUNT + "/status");
        Answer answer = gateway.anonymously().exchange("GET", address, BodyPublishers.noBody());

        assertThat(answer.field("code")).isEqualTo("NoSuchRoute");
    }

    @Test
    void pagesOfOtherOriginsMayUseIt() {
        Answer preflight = legacy(
                gateway.anonymously(),
                "OPTIONS",
                object("a"),
                "",
                "Origin",
                "https://app.example.com",
                "Access-Control-Request-Method",
                "PUT",
                "Access-Control-Request-Headers",
                "authorization,x-upsert");
        Answer refused = legacy(bob, "GET", object("none"), "", "Origin", "https://app.example.com");

        assertThat(preflight).hasStatus(200).hasHeader("Access-Control-Allow-Origin", "*");
        assertThat(refused).hasStatus(400).hasHeader("Access-Control-Allow-Origin", "*");
    }

    @Test
    void theAccessLogShowsWhatWasAskedAndAnswered() {
        legacy(alice, "GET", object("logged"), "");
        Pattern line = Pattern.compile(
                "\"operation\":\"download\",\"bucket\":\"" + bucket + "\",\"path\":\"logged\".*\"status\":400,"
                        + ".*\"role\":\"authenticated\".*\"url.path\":\"" + MOUNT + object("logged") + "\"");

        await("the line").atMost(Duration.ofSeconds(5)).until(() -> line.matcher(gateway.output())
                .find());
    }
}
