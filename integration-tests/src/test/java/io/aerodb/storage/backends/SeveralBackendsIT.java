package io.aerodb.storage.backends;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Disk;
import io.aerodb.storage.harness.Form;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A gateway with a second local backend beside its default one. */
class SeveralBackendsIT {

    private static final String MARKER = ".aerodb-volume";

    @TempDir
    private static Path root;

    private static Gateway gateway;
    private static Disk second;

    private final String user = Names.user();
    private final Api owner = gateway.asUser(user);
    private final Api service = gateway.as(gateway.tokens().serviceFor(user));

    @BeforeAll
    static void start() {
        second = new Disk(root.resolve("second"));
        gateway = Gateway.start(
                "--storage.backends.second.kind=local", "--storage.backends.second.local.root=" + second.root());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void theObjectsOfABucketLieWhereItSays() {
        Answer bucket = create(service, "second").expect(201);
        String name = bucket.field("name");

        assertThat(bucket.field("backend")).isEqualTo("second");
        assertThat(owner.get("/bucket/" + name).field("backend")).isEqualTo("second");
        assertThat(owner.upload(name, "raw", Bytes.of("raw"))).hasStatus(201);
        assertThat(owner.upload(name, "form", new Form().file(Bytes.of("form")).end(), "Content-Type", Form.TYPE))
                .hasStatus(201);
        String link = owner.postJson("/object/upload/sign/" + name + "/link", "")
                .expect(200)
                .field("url");
        assertThat(gateway.anonymously().exchange("PUT", link, BodyPublishers.ofString("link")))
                .hasStatus(200);

        assertThat(second.blobs(bucket.field("id"))).hasSize(3);
        assertThat(gateway.disk().blobs(bucket.field("id"))).isEmpty();
        for (String path : List.of("raw", "form", "link")) {
            assertThat(owner.download(name, path)).hasBody(Bytes.of(path));
        }
        assertThat(owner.download(name, "raw", "Range", "bytes=1-1"))
                .hasStatus(206)
                .hasBody(Bytes.of("a"));
    }

    @Test
    void aBucketThatIsChangedSendsOnlyNewObjectsElsewhere() {
        Answer bucket = create(owner, null).expect(201);
        String name = bucket.field("name");
        String id = bucket.field("id");
        owner.upload(name, "old", Bytes.of("old")).expect(201);

        assertThat(choose(service, name, "second").expect(200).field("backend")).isEqualTo("second");
        owner.upload(name, "new", Bytes.of("new")).expect(201);
        assertThat(gateway.disk().blobs(id)).singleElement().asString().endsWith("~old");
        assertThat(second.blobs(id)).singleElement().asString().endsWith("~new");

        assertThat(choose(service, name, null).expect(200).field("backend")).isEmpty();
        owner.replace(name, "new", Bytes.of("newest")).expect(200);
        assertThat(gateway.disk().blobs(id)).hasSize(2);

        assertThat(owner.download(name, "old")).hasBody(Bytes.of("old"));
        assertThat(owner.download(name, "new")).hasBody(Bytes.of("newest"));
    }

    @Test
    void aCopyAndAMovedObjectStayWhereTheirBytesAre() {
        String from = create(service, "second").expect(201).field("name");
        Answer to = create(owner, null).expect(201);
        owner.upload(from, "one", Bytes.of("one")).expect(201);
        owner.upload(from, "two", Bytes.of("two")).expect(201);

        owner.send("POST", "/object/copy", way(from, "one", to.field("name"))).expect(200);
        owner.send("POST", "/object/move", way(from, "two", to.field("name"))).expect(200);

        assertThat(gateway.disk().blobs(to.field("id"))).isEmpty();
        assertThat(owner.download(to.field("name"), "one")).hasBody(Bytes.of("one"));
        assertThat(owner.download(to.field("name"), "two")).hasBody(Bytes.of("two"));
    }

    @Test
    void onlyTheServiceChooses() {
        String bucket = create(owner, null).expect(201).field("name");

        assertDenied("insert", create(owner, "second"));
        assertDenied("insert", create(owner, "unknown"));
        assertDenied("update", choose(owner, bucket, "second"));
        assertThat(create(gateway.anonymously(), "second")).isUnauthorized();
        assertThat(owner.get("/bucket/" + bucket).field("backend")).isEmpty();
    }

    @Test
    void anOwnerSendsTheBucketBackAsItWasRead() {
        String bucket = create(service, "second").expect(201).field("name");

        assertThat(owner.exchange(
                        "PUT",
                        "/bucket/" + bucket,
                        BodyPublishers.ofString(owner.get("/bucket/" + bucket).text()),
                        "Content-Type",
                        "application/json"))
                .hasStatus(200);
    }

    @Test
    void aNameThatIsNotConfiguredIsRefusedWithThoseThatAre() {
        String bucket = create(owner, null).expect(201).field("name");

        for (Answer refused :
                List.of(create(service, "third"), choose(service, bucket, "third"), choose(service, bucket, ""))) {
            assertThat(refused).isRefusedBecauseOf("backend", "InvalidRequest");
        }
        assertThat(create(service, "third").json().path("allowed").toString()).isEqualTo("[\"local\",\"second\"]");
    }

    @Test
    void anUploadToABackendThatOnlyTheTableKnowsFailsAtOnceAndLeavesNothing() {
        Answer bucket = create(owner, null).expect(201);
        gateway.database()
                .execute("UPDATE storage.buckets SET backend = 'unheard-of' WHERE id = ?", bucket.field("id"));

        assertThat(owner.upload(bucket.field("name"), "file", Bytes.of("x"))).isRefused(500, "InternalError");

        assertThat(gateway.output()).contains("no backend 'unheard-of' is configured");
        assertThat(gateway.database()
                        .count("SELECT count(*) FROM storage.blobs WHERE bucket_id = ?", bucket.field("id")))
                .isZero();
    }

    @Test
    void readinessNamesABackendThatFailsAndEndsWithTheDefaultOne() throws IOException {
        assertThat(readiness(200).toString())
                .isEqualTo("{\"default\":\"local\",\"backends\":{\"local\":\"up\",\"second\":\"up\"}}");

        JsonNode withoutSecond = withoutMarker(second.root(), 200);
        assertThat(withoutSecond.path("backends").path("local").stringValue()).isEqualTo("up");
        assertThat(withoutSecond.path("backends").path("second").stringValue()).startsWith("down: ");

        JsonNode withoutLocal = withoutMarker(gateway.disk().root(), 503);
        assertThat(withoutLocal.path("backends").path("local").stringValue()).startsWith("down: ");
        assertThat(withoutLocal.path("backends").path("second").stringValue()).isEqualTo("up");
    }

    @Test
    void whatIsNotMountedIsUnavailableAndNotDamaged() throws IOException {
        String bucket = create(service, "second").expect(201).field("name");
        owner.upload(bucket, "file", Bytes.of("content")).expect(201);
        Path away = Files.move(second.root(), root.resolve("away"));
        Files.createDirectory(second.root());
        try {
            assertUnavailable(owner.download(bucket, "file"));
            assertUnavailable(owner.upload(bucket, "other", Bytes.of("other")));
            assertThat(second.root()).isEmptyDirectory();
        } finally {
            Files.delete(second.root());
            Files.move(away, second.root());
        }

        assertThat(owner.download(bucket, "file")).hasBody(Bytes.of("content"));
        assertThat(gateway.database().count("SELECT count(*) FROM storage.blobs WHERE corrupt_since IS NOT NULL"))
                .isZero();
        assertThat(owner.upload(bucket, "other", Bytes.of("other"))).hasStatus(201);
    }

    @Test
    void aBackendThatHasFilesIsNotLeftOut() throws Exception {
        String bucket = create(service, "second").expect(201).field("name");
        owner.upload(bucket, "file", Bytes.of("content")).expect(201);
        gateway.stop();
        Launch with = gateway.launch();
        Launch without = new Launch(
                with.jar(),
                with.data(),
                with.output().resolveSibling("without.log"),
                with.port(),
                with.managementPort(),
                List.of(),
                with.jvm(),
                with.prefix(),
                with.environment());

        Launch.Exit exit = without.runToEnd();

        assertThat(exit.code()).isNotZero();
        assertThat(exit.output())
                .isEqualToIgnoringNewLines("Files of this database lie on the backend second, which is not configured:"
                        + " set storage.backends.second again, or move its files to another backend first.");
        gateway.restart();
        assertThat(owner.download(bucket, "file")).hasBody(Bytes.of("content"));
    }

    private static Answer create(Api caller, String backend) {
        return caller.send("POST", "/bucket", choice(Map.of("name", Names.bucket("placed")), backend));
    }

    private static Answer choose(Api caller, String bucket, String backend) {
        return caller.send("PATCH", "/bucket/" + bucket, choice(Map.of(), backend));
    }

    private static Map<String, Object> choice(Map<String, Object> others, String backend) {
        Map<String, Object> body = new HashMap<>(others);
        body.put("backend", backend);
        return body;
    }

    private static Map<String, String> way(String from, String path, String to) {
        return Map.of("bucketId", from, "sourceKey", path, "destinationBucket", to, "destinationKey", path);
    }

    private static void assertDenied(String right, Answer answer) {
        assertThat(answer).isRefused(403, "AccessDenied");
        assertThat(answer.field("reason")).isEqualTo(right);
        assertThat(answer.field("field")).isEqualTo("backend");
    }

    private static void assertUnavailable(Answer answer) {
        assertThat(answer).isRefused(503, "ServiceUnavailable");
        assertThat(answer.header("Retry-After")).isPresent();
    }

    private static JsonNode withoutMarker(Path volume, int status) throws IOException {
        Path hidden = Files.move(volume.resolve(MARKER), volume.resolveSibling("hidden-marker"));
        try {
            return readiness(status);
        } finally {
            Files.move(hidden, volume.resolve(MARKER));
        }
    }

    private static JsonNode readiness(int status) {
        Answer answer = gateway.anonymously()
                .exchange("GET", gateway.management().resolve("/actuator/health/readiness"), BodyPublishers.noBody());
        return answer.expect(status).json().path("components").path("backend").path("details");
    }
}
