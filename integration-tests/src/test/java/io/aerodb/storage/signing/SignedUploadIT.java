package io.aerodb.storage.signing;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Form;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SignedUploadIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api alice = gateway.asUser(user);
    private final Api anybody = gateway.anonymously();
    private final String bucket = alice.newBucket("private");

    private Answer sign(Map<String, Object> terms, String... headers) {
        return alice.send("POST", "/object/upload/sign/" + bucket + "/in/box.txt", terms, headers);
    }

    private String link(Map<String, Object> terms, String... headers) {
        return sign(terms, headers).expect(200).field("url");
    }

    private Answer put(String link, String content, String... headers) {
        return put(link, BodyPublishers.ofString(content), headers);
    }

    private Answer put(String link, BodyPublisher content, String... headers) {
        return anybody.exchange("PUT", link, content, headers);
    }

    @Test
    void whoHasTheLinkUploadsWhatThenBelongsToItsCreator() {
        Answer link = sign(Map.of()).expect(200);
        assertThat(link.field("path")).isEqualTo("in/box.txt");
        assertThat(link.field("url"))
                .isEqualTo("/object/upload/sign/" + bucket + "/in/box.txt?token=" + link.field("token"));

        Answer stored = put(link.field("url"), "content", "Content-Type", "text/plain", "Cache-Control", "max-age=60");

        assertThat(stored).hasStatus(200);
        assertThat(stored.field("Key")).isEqualTo(bucket + "/in/box.txt");
        assertThat(stored.field("Id")).isEqualTo(stored.field("id")).hasSize(36);
        assertThat(stored.field("owner_id")).isEqualTo(user);
        assertThat(alice.download(bucket, "in/box.txt"))
                .hasHeader("content-type", "text/plain")
                .hasHeader("cache-control", "private, max-age=60")
                .hasBody(Bytes.of("content"));
    }

    @Test
    void anUploadUsesTheLinkUpAndAFailedOneDoesNot() {
        String link = link(Map.of("max_file_size", 7));

        assertThat(put(link, "too much")).isRefused(413, "EntityTooLarge");
        assertThat(put(link, "content")).hasStatus(200);
        assertThat(put(link, "again")).isRefused(410, "ExpiredUrl");
        assertThat(alice.download(bucket, "in/box.txt")).hasBody(Bytes.of("content"));
    }

    @Test
    void ofManyUploadsAtOnceExactlyOneSucceeds() throws Exception {
        String link = link(Map.of("upsert", true));
        ExecutorService writers = Executors.newFixedThreadPool(8);
        try {
            Callable<Answer> write = () -> put(link, "content " + Names.user());
            int stored = 0;
            for (Future<Answer> answer : writers.invokeAll(Collections.nCopies(24, write))) {
                stored += answer.get().status() == 200 ? 1 : 0;
                assertThat(answer.get().status()).isIn(200, 410);
            }
            assertThat(stored).isEqualTo(1);
        } finally {
            writers.shutdownNow();
        }
        Leftovers.in(gateway, bucket).vanish();
    }

    @Test
    void withoutUpsertNothingIsOverwritten() {
        String early = link(Map.of("max_uses", 3));
        alice.upload(bucket, "in/box.txt", Bytes.of("first")).expect(201);

        assertThat(put(early, "second")).isRefused(409, "KeyAlreadyExists", "The resource already exists");
        assertThat(put(early, "second", "x-upsert", "true"))
                .as("the link decides, not who has it")
                .isRefused(409, "KeyAlreadyExists");
        assertThat(sign(Map.of())).isRefused(409, "KeyAlreadyExists");
    }

    @Test
    void withUpsertWhatIsThereIsOverwritten() {
        alice.upload(bucket, "in/box.txt", Bytes.of("first")).expect(201);

        assertThat(put(link(Map.of(), "x-upsert", "true"), "second", "x-upsert", "false"))
                .hasStatus(200);
        assertThat(alice.download(bucket, "in/box.txt")).hasBody(Bytes.of("second"));
    }

    @Test
    void conditionsOfTheUploadHoldWhereTheLinkPermitsToOverwrite() {
        String link = link(Map.of("upsert", true, "max_uses", 9));
        String first = put(link, "first").expect(200).field("etag");

        assertThat(put(link, "second", "If-None-Match", "*")).isRefused(412, "PreconditionFailed");
        assertThat(put(link, "second", "If-Match", "\"other\"")).isRefused(412, "PreconditionFailed");
        assertThat(put(link, "second", "If-Match", first)).hasStatus(200);
        assertThat(put(link, "third", "If-Match", first)).isRefused(412, "PreconditionFailed");
    }

    @Test
    void aLinkBindsTheSize() {
        String link = link(Map.of("max_file_size", 5, "max_uses", 9));

        assertThat(put(link, "123456")).isRefused(413, "EntityTooLarge");
        Answer counted = put(link, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(Bytes.of("123456"))));
        assertThat(counted).isRefused(413, "EntityTooLarge");
        assertThat(counted.field("limit")).isEqualTo("5");
        assertThat(put(link, "12345")).hasStatus(200);
    }

    @Test
    void aLinkBindsTheType() {
        String link = link(Map.of("allowed_mime_types", List.of("image/*"), "max_uses", 9));

        assertThat(put(link, "x", "Content-Type", "text/html")).isRefused(415, "InvalidMimeType");
        assertThat(put(link, "x")).isRefused(415, "InvalidMimeType");
        assertThat(put(link, "x", "Content-Type", "IMAGE/png; q=1")).hasStatus(200);
    }

    @Test
    void aLinkBindsTheContent() {
        String link = link(Map.of("sha256", Bytes.sha256(Bytes.of("right")).toUpperCase(Locale.ROOT)));

        assertThat(put(link, "wrong")).isRefused(400, "BadDigest");
        assertThat(alice.info(bucket, "in/box.txt")).hasStatus(404);
        assertThat(put(link, "right")).hasStatus(200);
    }

    @Test
    void formsAreBoundLikeRawBodies() {
        String link = link(Map.of(
                "max_file_size", 5,
                "allowed_mime_types", List.of("text/*"),
                "sha256", Bytes.sha256(Bytes.of("12345"))));

        assertThat(form(link, "123456", "text/plain")).isRefused(413, "EntityTooLarge");
        assertThat(form(link, "12345", "text/html; charset=utf-8, x"))
                .isRefusedBecauseOf("Content-Type", "InvalidRequest");
        assertThat(form(link, "12345", "image/png")).isRefused(415, "InvalidMimeType");
        assertThat(form(link, "54321", "text/plain")).isRefused(400, "BadDigest");
        assertThat(form(link, "12345", "text/plain")).hasStatus(200);
        assertThat(form(link, "12345", "text/plain")).isRefused(410, "ExpiredUrl");
        assertThat(alice.download(bucket, "in/box.txt"))
                .hasHeader("content-type", "text/plain")
                .hasHeader("cache-control", "private, max-age=3600");
    }

    /** As Supabase's clients send a file: the field before it. */
    private Answer form(String link, String content, String type) {
        byte[] form = new Form()
                .field("cacheControl", "3600")
                .file(Bytes.of(content), "Content-Type: " + type)
                .end();
        return put(link, BodyPublishers.ofByteArray(form), "Content-Type", Form.TYPE, "x-upsert", "false");
    }

    @Test
    void theLimitsOfTheBucketHoldToo() {
        String limited = alice.newLimitedBucket("\"max_file_size\": 3");
        String link = alice.postJson("/object/upload/sign/" + limited + "/file", "")
                .expect(200)
                .field("url");

        assertThat(put(link, "1234")).isRefused(413, "EntityTooLarge");
    }

    @Test
    void whoMayNotCreateMayNotLetOthersDoIt() {
        Api bob = gateway.asUser(Names.user());
        alice.upload(bucket, "there", Bytes.of("x")).expect(201);

        for (String path : List.of("/new", "/there")) {
            assertThat(bob.postJson("/object/upload/sign/" + bucket + path, "")).isRefused(403, "AccessDenied");
        }
        assertThat(anybody.postJson("/object/upload/sign/" + bucket + "/new", ""))
                .isUnauthorized();
        assertThat(bob.postJson("/object/upload/sign/no-such-bucket/new", "")).isRefused(404, "NoSuchBucket");
    }

    @Test
    void aRevokedLinkUploadsNothing() {
        Answer link = sign(Map.of()).expect(200);
        alice.delete("/object/sign-links/" + link.field("token_id")).expect(204);

        assertThat(put(link.field("url"), "x")).isRefused(410, "ExpiredUrl");
        assertThat(alice.info(bucket, "in/box.txt")).hasStatus(404);
    }

    @Test
    void whoMayNotOverwriteAnyMoreMayNotByLink() {
        String shared = alice.newBucket("authenticated");
        Api bob = gateway.asUser(Names.user());
        String link = bob.send("POST", "/object/upload/sign/" + shared + "/file", Map.of(), "x-upsert", "true")
                .expect(200)
                .field("url");
        alice.upload(shared, "file", Bytes.of("first")).expect(201);

        assertThat(put(link, "second")).isRefused(403, "AccessDenied");
        assertThat(alice.download(shared, "file")).hasBody(Bytes.of("first"));
    }

    @Test
    void anUploadUnderWayDoesNotReachABucketThatCameLater() throws Exception {
        String name = Names.bucket("reborn");
        String again = "{\"id\": \"%1$s\", \"name\": \"%1$s\"}".formatted(name);
        alice.createBucket(again).expect(200);
        String link = alice.postJson("/object/upload/sign/" + name + "/planted", "")
                .expect(200)
                .field("url");
        try (RawHttp upload = RawHttp.open(gateway.port())) {
            upload.request("PUT /storage/v1" + link + " HTTP/1.1", "Content-Length: 6", "Expect: 100-continue");
            assertThat(upload.answer()).hasStatus(100);
            alice.delete("/bucket/" + name).expect(200);
            gateway.asUser(Names.user()).createBucket(again).expect(200);
            upload.write(Bytes.of("abcdef"));

            assertThat(upload.answer()).isRefused(404, "NoSuchBucket");
        }
        assertThat(put(link, "abcdef")).isRefused(404, "NoSuchBucket");
    }

    @Test
    void aBucketThatIsGoneTakesNothing() {
        String link = link(Map.of());
        alice.delete("/bucket/" + bucket).expect(200);

        assertThat(put(link, "x")).isRefused(404, "NoSuchBucket");
    }

    @Test
    void termsThatAreNoneAreRefused() {
        assertThat(sign(Map.of("sha256", "abc"))).isRefusedBecauseOf("sha256", "InvalidRequest");
        assertThat(sign(Map.of("allowed_mime_types", List.of("png"))))
                .isRefusedBecauseOf("allowed_mime_types", "InvalidRequest");
        assertThat(sign(Map.of("allowed_mime_types", Collections.nCopies(20, "image/" + "x".repeat(60)))))
                .isRefusedBecauseOf("allowed_mime_types", "InvalidRequest");
        assertThat(sign(Map.of("max_file_size", -1))).isRefusedBecauseOf("max_file_size", "InvalidRequest");
        assertThat(sign(Map.of("expiresIn", 0))).isRefusedBecauseOf("expiresIn", "InvalidRequest");
    }
}
