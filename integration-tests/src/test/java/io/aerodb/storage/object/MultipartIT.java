package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Form;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that come in a form: what is kept of it, and that a form which is refused leaves nothing. */
class MultipartIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");
    private final byte[] content = Bytes.random(new Random(1), 300_000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "form-data; name=\"\"; filename=\"blob\"",
                "form-data; name=\"file\"; filename=\"photo.png\"",
                "form-data; name=\"file\"",
                "form-data; name=\"\"",
                "form-data; name=\"bild\"; filename=\"\u00fc\u00e4; \\\"x\\\".png\""
            })
    void theFileIsStoredUnderThePathOfTheRequestWithTheTypeOfItsPart(String disposition) {
        byte[] form =
                new Form().part(disposition, content, "Content-Type: image/png").end();

        Answer answer = upload("a/b.png", form);

        assertThat(answer).hasStatus(201);
        assertThat(answer.field("checksum")).isEqualTo(Bytes.sha256(content));
        assertThat(answer.field("path")).isEqualTo("a/b.png");
        assertThat(api.download(bucket, "a/b.png"))
                .hasHeader("Content-Type", "image/png")
                .hasBody(content);
    }

    @Test
    void fieldsCountBeforeAndBehindTheFile() {
        byte[] before = new Form()
                .field("cacheControl", "3600")
                .field("contentEncoding", "br")
                .field("metadata", "{\"a\": {\"b\": [1, \"\u00fc\"]}}")
                .file(content)
                .end();
        byte[] behind = new Form()
                .file(content)
                .field("metadata", "{\"a\": {\"b\": [1, \"\u00fc\"]}}")
                .field("unknown", "ignored")
                .field("contentEncoding", "br")
                .field("cacheControl", "3600")
                .end();

        upload("before", before).expect(201);
        upload("behind", behind).expect(201);

        for (String path : new String[] {"before", "behind"}) {
            Answer info = api.info(bucket, path).expect(200);
            assertThat(info.field("cache_control")).as(path).isEqualTo("max-age=3600");
            assertThat(info.field("content_encoding")).as(path).isEqualTo("br");
            assertThat(info.json().at("/metadata/a/b/1").asString()).as(path).isEqualTo("\u00fc");
            assertThat(info.field("content_type")).as(path).isEqualTo("application/octet-stream");
        }
    }

    @Test
    void anEmptyFileIsAnObject() {
        upload("empty", new Form().file(new byte[0], "Content-Type: text/plain").end())
                .expect(201);

        assertThat(api.download(bucket, "empty"))
                .hasStatus(200)
                .hasHeader("Content-Type", "text/plain")
                .hasBody(new byte[0]);
    }

    @Test
    void statusesAreThoseOfRawBodies() {
        byte[] form = new Form().file(content).end();

        assertThat(api.upload(bucket, "a", form, "Content-Type", Form.TYPE, "x-upsert", "false"))
                .hasStatus(200);
        assertThat(api.upload(bucket, "a", form, "Content-Type", Form.TYPE, "x-upsert", "false"))
                .isRefused(409, "KeyAlreadyExists");
        assertThat(api.upload(bucket, "a", form, "Content-Type", Form.TYPE, "If-None-Match", "*"))
                .isRefused(412, "PreconditionFailed");
        assertThat(api.replace(bucket, "a", form, "Content-Type", Form.TYPE)).hasStatus(200);
        assertThat(api.uploadChunked(
                        bucket, "b", form, "Content-Type", "Multipart/Form-Data" + Form.TYPE.substring(19)))
                .hasStatus(201);
        assertThat(gateway.asUser(Names.user()).upload(bucket, "c", form, "Content-Type", Form.TYPE))
                .isRefused(403, "AccessDenied");
        assertThat(gateway.anonymously().upload(bucket, "c", form, "Content-Type", Form.TYPE))
                .isUnauthorized();
        assertThat(api.upload(Names.bucket("none"), "c", form, "Content-Type", Form.TYPE))
                .isRefused(404, "NoSuchBucket");
    }

    @Test
    void theTypeOfTheFileMustBeAllowedAndNotThatOfTheForm() {
        String images = api.newLimitedBucket("\"allowed_mime_types\": [\"image/*\"]");

        assertThat(form(
                        images,
                        new Form().file(content, "Content-Type: image/gif").end()))
                .hasStatus(201);
        assertThat(form(
                        images,
                        new Form().file(content, "Content-Type: text/plain").end()))
                .isRefused(415, "InvalidMimeType");
        assertThat(form(images, new Form().file(content).end())).isRefused(415, "InvalidMimeType");
    }

    @Test
    void theLimitOfTheBucketCountsTheBytesOfTheFile() {
        String limited = api.newLimitedBucket("\"max_file_size\": " + content.length);
        byte[] exact = new Form().field("metadata", "{}").file(content).end();
        byte[] more = new Form().file(content).end();

        assertThat(form(limited, exact)).hasStatus(201);
        assertThat(api.uploadChunked(limited, "file", exact, "Content-Type", Form.TYPE))
                .hasStatus(201);
        more = new Form()
                .file(java.util.Arrays.copyOf(content, content.length + 1))
                .end();
        assertThat(form(limited, more)).isRefused(413, "EntityTooLarge");
        assertThat(api.uploadChunked(limited, "file", more, "Content-Type", Form.TYPE))
                .isRefused(413, "EntityTooLarge");
        assertThat(api.download(limited, "file")).hasBody(content);
        Leftovers.in(gateway, limited).vanish();
    }

    @Test
    void whatCanBeKnownBeforeTheFileIsToldBeforeIt() throws IOException {
        String limited = api.newLimitedBucket("\"max_file_size\": 1000");
        api.upload(bucket, "taken", content).expect(201);

        assertThat(toldBeforeTheFile(limited, user, "Content-Length: 10000000")).isRefused(413, "EntityTooLarge");
        assertThat(toldBeforeTheFile(bucket, Names.user(), "Content-Length: 1000"))
                .isRefused(403, "AccessDenied");
        assertThat(toldBeforeTheFile(bucket, user, "Content-Length: 1000\r\nx-upsert: false"))
                .isRefused(409, "KeyAlreadyExists");
    }

    private Answer toldBeforeTheFile(String into, String caller, String headers) throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request(
                    "POST /storage/v1/object/" + into + "/taken HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().user(caller),
                    "Content-Type: " + Form.TYPE,
                    headers);
            return connection
                    .write(new Form()
                            .head("form-data; name=\"\"; filename=\"blob\"")
                            .soFar())
                    .answer();
        }
    }

    @Test
    void digestsBelongToThePartOfTheFile() {
        String right = "Content-Digest: sha-256=:" + Bytes.sha256Base64(content) + ":";
        String wrong = "Content-Digest: sha-256=:" + Bytes.sha256Base64(new byte[1]) + ":";

        assertThat(upload("right", new Form().file(content, right).end())).hasStatus(201);
        assertThat(upload("wrong", new Form().file(content, wrong).end())).isRefused(400, "BadDigest");
        byte[] form = new Form().file(content).end();
        assertThat(api.upload(bucket, "whole", form, "Content-Type", Form.TYPE, "Content-MD5", Bytes.md5Base64(form)))
                .isRefused(400, "InvalidRequest");
        assertNothingIsLeftBut("right");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    metadata     | [1]          | InvalidMetadata
                    metadata     | {"a":        | InvalidMetadata
                    metadata     | bm90IGpzb24= | InvalidMetadata
                    metadata     | {"a":"\\u0000"} | InvalidMetadata
                    cacheControl | max-age\u0001=1    | InvalidRequest
                    contentEncoding | b r         | InvalidRequest
                    """)
    void aFieldThatIsWrongIsToldBeforeAndBehindTheFile(String name, String value, String code) {
        byte[] before = new Form().field(name, value).file(content).end();
        byte[] behind = new Form().file(content).field(name, value).end();

        assertThat(upload("before", before)).isRefusedBecauseOf(name, code);
        assertThat(upload("behind", behind)).isRefusedBecauseOf(name, code);
        assertNothingIsLeft();
    }

    @Test
    void aFieldThatIsSentAgainBehindTheFileIsRefusedAndLeavesNothing() {
        byte[] form = new Form()
                .field("cacheControl", "1")
                .file(content)
                .field("cacheControl", "2")
                .end();

        assertRefused(form, "InvalidRequest");
        assertNothingIsLeft();
    }

    @Test
    void metadataMayBeAMebibyteAndNotAByteMore() {
        String most = "{\"a\":\"" + "x".repeat(1024 * 1024 - 8) + "\"}";

        assertThat(upload(
                        "most", new Form().field("metadata", most).file(content).end()))
                .hasStatus(201);
        assertThat(upload(
                        "more",
                        new Form().file(content).field("metadata", most + " ").end()))
                .isRefusedBecauseOf("metadata", "InvalidMetadata");
        assertNothingIsLeftBut("most");
    }

    @Test
    void aFormThatIsNotWholeOrNotOneFileIsRefusedAndLeavesNothing() {
        assertRefused(new Form().file(content).soFar(), "IncompleteBody");
        assertRefused(new Form().head("form-data; name=\"\"").raw(content).soFar(), "IncompleteBody");
        assertRefused(new Form().file(content).file(content).end(), "InvalidRequest");
        assertRefused(new Form().field("cacheControl", "1").end(), "InvalidRequest");
        assertRefused(content, "IncompleteBody");
        assertRefused(new byte[0], "IncompleteBody");
        assertRefused(new Form().part("attachment", content).end(), "InvalidRequest");
        assertRefused(
                new Form()
                        .file(content, "Content-Type: image/png\u0001X-Evil: 1")
                        .end(),
                "InvalidRequest");
        assertThat(api.upload(bucket, "x", new Form().file(content).end(), "Content-Type", "multipart/form-data"))
                .isRefusedBecauseOf("Content-Type", "InvalidRequest");
        assertNothingIsLeft();
    }

    private void assertRefused(byte[] form, String code) {
        assertThat(upload("x", form)).isRefused(400, code);
    }

    @Test
    void everyLimitOfAFormHolds() {
        Form parts = new Form();
        for (int i = 0; i < 100_000; i++) {
            parts.field("f" + i, "");
        }
        assertThat(upload("x", parts.file(content).end())).isRefusedBecauseOf("form", "InvalidRequest");
        assertThat(upload(
                        "x",
                        new Form()
                                .field("f", "x".repeat(5_000_000))
                                .file(content)
                                .end()))
                .isRefused(413, "EntityTooLarge");
        assertThat(upload(
                        "x",
                        new Form()
                                .file(content)
                                .field("metadata", "x".repeat(5_000_000))
                                .end()))
                .isRefused(413, "EntityTooLarge");
        assertThat(upload(
                        "x",
                        new Form().file(content, "X: " + "x".repeat(20_000)).end()))
                .isRefusedBecauseOf("form", "InvalidRequest");
        assertThat(upload("x", new Form().raw(new byte[5_000_000]).file(content).end()))
                .isRefused(413, "EntityTooLarge");
        assertNothingIsLeft();
    }

    @Test
    void aConnectionThatIsCutInAnyPlaceLeavesNothing() throws IOException {
        byte[] form = new Form()
                .field("cacheControl", "1")
                .file(content)
                .field("metadata", "{}")
                .end();
        int[] places = {1, 60, 130, 200, 300, 150_000, form.length - 150, form.length - 60, form.length - 3};
        for (int place : places) {
            try (RawHttp connection = sending(form.length)) {
                connection.write(form, 0, place);
                connection.endOutput();
                assertThat(connection.closedByServer()).as("cut at %d", place).isTrue();
            }
            try (RawHttp connection = sending(form.length)) {
                connection.write(form, 0, place).abort();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void nothingOfTheFileGoesToATemporaryFile() throws IOException {
        try (RawHttp connection = sending(10_000_000)) {
            connection.write(new Form()
                    .head("form-data; name=\"\"; filename=\"blob\"")
                    .raw(new byte[4_000_000])
                    .soFar());
            await().until(() ->
                    gateway.database().count("SELECT count(*) FROM storage.blobs WHERE state = 'writing'") > 0);
            Path checkout = Path.of(System.getProperty("repository.root")).toRealPath();
            assertThat(openFiles())
                    .filteredOn(file -> !file.startsWith(checkout.toString())) // which may itself be a temporary one
                    .noneMatch(file -> file.startsWith(System.getProperty("java.io.tmpdir")));
            connection.abort();
        }
        assertNothingIsLeft();
    }

    private Stream<String> openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + gateway.pid() + "/fd"))) {
            return descriptors.map(MultipartIT::target).toList().stream();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    @Test
    void aConnectionGoesOnAfterAForm() throws IOException {
        byte[] form = new Form().file(content).end();
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            for (int i = 0; i < 3; i++) {
                connection.request(
                        "PUT /storage/v1/object/" + bucket + "/file HTTP/1.1",
                        "Authorization: Bearer " + gateway.tokens().user(user),
                        "Content-Type: " + Form.TYPE,
                        "Expect: 100-continue",
                        "Transfer-Encoding: chunked");
                assertThat(connection.answer()).hasStatus(100);
                connection.chunk(form).chunk(new byte[0]);
                assertThat(connection.answer()).hasStatus(200);
            }
        }
    }

    private RawHttp sending(int length) throws IOException {
        return RawHttp.open(gateway.port())
                .request(
                        "POST /storage/v1/object/" + bucket + "/file HTTP/1.1",
                        "Authorization: Bearer " + gateway.tokens().user(user),
                        "Content-Type: " + Form.TYPE,
                        "Content-Length: " + length);
    }

    private Answer upload(String path, byte[] form) {
        return api.upload(bucket, path, form, "Content-Type", Form.TYPE);
    }

    private Answer form(String into, byte[] form) {
        return api.upload(into, "file", form, "Content-Type", Form.TYPE);
    }

    private void assertNothingIsLeft() {
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
        assertThat(api.postJson("/object/list/" + bucket, "{}").json()).isEmpty();
    }

    private void assertNothingIsLeftBut(String path) {
        Leftovers.in(gateway, bucket).vanish();
        assertThat(api.postJson("/object/list/" + bucket, "{}").each("name")).containsExactly(path);
    }
}
