package io.aerodb.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a gateway writes of operations, at its most talkative, beside a collector of traces that is not there. */
class OperationLogIT {

    private static Path place;
    private static Gateway gateway;

    private final String user = Names.user();
    private final Api alice = gateway.asUser(user);
    private final Api service = gateway.asService();
    private final Api anybody = gateway.anonymously();
    private final String bucket = alice.newBucket("private");

    @BeforeAll
    static void start() throws IOException {
        place = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "audit-");
        gateway = Gateway.start(
                "--storage.audit.file=" + place.resolve("audit.log"),
                "--storage.tracing.endpoint=http://127.0.0.1:1",
                "--logging.level.io.aerodb=DEBUG");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static List<JsonNode> lines(String text) {
        return text.lines()
                .filter(line -> line.startsWith("{"))
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    private static String audited() {
        try (Stream<Path> files = Files.list(place)) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    /** The one line of a request. */
    private static JsonNode line(Answer answer) {
        return theOne(answer, gateway::output, "access");
    }

    private static JsonNode audit(Answer answer) {
        return theOne(answer, OperationLogIT::audited, "audit");
    }

    private static JsonNode theOne(Answer answer, java.util.function.Supplier<String> text, String logger) {
        String id = answer.header("x-request-id").orElseThrow();
        List<JsonNode> found = new ArrayList<>();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            found.clear();
            lines(text.get()).stream()
                    .filter(line -> line.path("log.logger").asString("").equals(logger))
                    .filter(line -> line.path("request_id").asString("").equals(id))
                    .forEach(found::add);
            return !found.isEmpty();
        });
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static void tells(JsonNode line, Map<String, Object> facts) {
        facts.forEach((field, value) ->
                assertThat(line.path(field).asString("")).as(field).isEqualTo(value.toString()));
    }

    @Test
    void everyOperationIsALineWithItsNameAndItsUser() {
        Map<String, Answer> answers = new java.util.LinkedHashMap<>();
        answers.put("upload", alice.upload(bucket, "a", Bytes.of("content")));
        answers.put("download", alice.download(bucket, "a"));
        answers.put("info", alice.head(bucket, "a"));
        answers.put("list", alice.postJson("/object/list/" + bucket, "{\"prefix\": \"\"}"));
        answers.put("copy", alice.copy(bucket, "a", "b"));
        answers.put("move", alice.move(bucket, "b", "c"));
        answers.put("sign_download", alice.sign(bucket, "a"));
        answers.put("get_bucket", alice.get("/bucket/" + bucket));
        answers.put("list_buckets", alice.get("/bucket"));
        answers.put("delete_many", alice.removeAll(bucket, List.of("c", "none")));
        answers.put("delete", alice.remove(bucket, "a"));
        answers.put("empty_bucket", alice.postJson("/bucket/" + bucket + "/empty", "{}"));
        answers.put("delete_bucket", alice.delete("/bucket/" + bucket));

        answers.forEach((operation, answer) -> {
            JsonNode line = line(answer);
            tells(
                    line,
                    Map.of(
                            "operation",
                            operation,
                            "service",
                            "file_storage",
                            "level",
                            "INFO",
                            "user_id",
                            user,
                            "role",
                            "authenticated",
                            "status",
                            answer.status()));
            assertThat(line.get("duration_ms").isIntegralNumber()).isTrue();
        });
        tells(line(answers.get("upload")), Map.of("bucket", bucket, "path", "a", "size", 7));
        tells(line(answers.get("download")), Map.of("bucket", bucket, "path", "a", "size", 7));
        tells(line(answers.get("move")), Map.of("path", "b", "destination_path", "c"));
        tells(line(answers.get("delete_many")), Map.of("bucket", bucket, "count", 1));
        assertThat(audit(answers.get("delete_many")).get("paths").toString()).isEqualTo("[\"c\",\"none\"]");
    }

    @Test
    void whatIsRefusedSaysWhyAndIsAudited() {
        alice.upload(bucket, "a", Bytes.of("content")).expect(201);

        Answer denied = gateway.asUser(Names.user()).download(bucket, "a");
        Answer unknown = gateway.as("no.token.atall").download(bucket, "a");

        tells(
                audit(denied),
                Map.of(
                        "operation",
                        "download",
                        "error_code",
                        "AccessDenied",
                        "reason",
                        "select",
                        "bucket",
                        bucket,
                        "path",
                        "a",
                        "source.ip",
                        "127.0.0.1"));
        tells(audit(unknown), Map.of("operation", "download", "error_code", "Unauthorized", "path", "a"));
        assertThat(line(unknown).get("user_id").isNull()).isTrue();
    }

    @Test
    void whatTheServiceReadsIsAudited() {
        Answer read = service.download(bucket, "a");

        tells(audit(read), Map.of("operation", "download", "role", "service_role", "bypass", true));
        assertThat(audited())
                .doesNotContain(
                        line(alice.download(bucket, "a")).get("request_id").asString());
    }

    @Test
    void anUploadByALinkOfTheServiceIsABypassAndNamesTheLink() {
        Answer link = service.send("POST", "/object/upload/sign/" + bucket + "/in", Map.of())
                .expect(200);
        Answer stored = anybody.exchange("PUT", link.field("url"), BodyPublishers.ofString("content"));

        tells(audit(link), Map.of("operation", "sign_upload", "link_id", link.field("token_id"), "link_max_uses", 1));
        tells(
                audit(stored),
                Map.of(
                        "operation",
                        "upload",
                        "link_id",
                        link.field("token_id"),
                        "role",
                        "service_role",
                        "bypass",
                        true,
                        "size",
                        7));
    }

    @Test
    void whoDownloadsByALinkDoesSoByTheRightsOfItsCreator() {
        alice.upload(bucket, "a", Bytes.of("content")).expect(201);
        Answer link = alice.sign(bucket, "a");

        Answer read =
                anybody.exchange("GET", "/object/sign/" + bucket + "/a?token=" + token(link), BodyPublishers.noBody());

        tells(line(read.expect(200)), Map.of("user_id", user, "link_id", link.field("token_id"), "size", 7));
        assertThat(audit(link).get("link_valid_s").asLong()).isPositive();
    }

    @Test
    void anAdministratorIsAudited() {
        Answer asked = service.postJson("/admin/orphans", "{\"dry_run\": true}");

        tells(audit(asked), Map.of("operation", "clean_up", "dry_run", true, "status", 200));
    }

    @Test
    void noCredentialIsInAnyLine() {
        Tokens tokens = gateway.tokens();
        List<String> secrets = new ArrayList<>();
        for (String token : List.of(
                tokens.user(user), tokens.expired(user), tokens.service(), "eyJhbGciOiJub25lIn0.e30.c2VjcmV0LXNpZw")) {
            Api caller = gateway.as(token);
            caller.get(
                    "/bucket?token=" + token + "&apikey=" + token,
                    "Referer",
                    "https://app/?token=" + token,
                    "apikey",
                    token);
            caller.upload(bucket, "b", Bytes.of("x"), "Cookie", "session=" + token);
            caller.get("/object/sign/" + bucket + "/b?token=" + token);
            caller.download(bucket, "none?token=" + token);
            secrets.add(token.substring(token.lastIndexOf('.') + 1));
        }
        String metadata = Base64.getEncoder().encodeToString("{\"note\": \"of nobody's concern\"}".getBytes());
        alice.upload(bucket, "c", Bytes.of("x"), "x-metadata", metadata);
        Answer upload = alice.send("POST", "/object/upload/sign/" + bucket + "/d", Map.of());
        anybody.exchange("PUT", upload.field("url"), BodyPublishers.ofString("content"));
        anybody.exchange("PUT", upload.field("url"), BodyPublishers.ofString("content"));
        secrets.add(upload.field("token"));
        secrets.add(token(alice.sign(bucket, "c")));
        secrets.add(metadata);
        secrets.add("nobody's concern");
        line(alice.get("/bucket"));

        assertThat(gateway.output() + audited()).doesNotContain(secrets);
    }

    private static String token(Answer link) {
        String url = link.field("signedURL");
        return url.substring(url.indexOf("token=") + "token=".length());
    }
}
