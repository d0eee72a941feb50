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
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/x-www-form-urlencoded",
                "text/plain",
                "text/plain; charset=ISO-8859-1",
                "text/plain;charset=UTF-8",
                "application/xml",
                "application/x-ndjson",
                "text/event-stream",
                "application/cbor",
                "application/x-protobuf",
                "IMAGE/PNG",
                "x-unheard/of",
                "application/vnd.a+b; q=\"x; y\""
            })
    void bodiesOfAnyTypeStayBytesAndTheTypeStaysAsSent(String contentType) {
        byte[] content = Bytes.random(new Random(contentType.hashCode()), 3_000);

        api.upload(bucket, "file", content, "Content-Type", contentType).expect(201);

        assertThat(api.download(bucket, "file"))
                .hasStatus(200)
                .hasHeader("Content-Type", contentType)
                .hasBody(content);
        assertThat(api.info(bucket, "file").field("content_type")).isEqualTo(contentType);
    }

    @Test
    void withoutATypeContentIsAStreamOfOctets() {
        api.upload(bucket, "page.html", Bytes.of("<script>alert(1)</script>")).expect(201);

        assertThat(api.download(bucket, "page.html")).hasHeader("Content-Type", "application/octet-stream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "TEXT/HTML; charset=utf-8",
                "image/svg+xml",
                "application/xhtml+xml",
                "text/xml",
                "application/xslt+xml",
                "text/xsl",
                "application/xml"
            })
    void activeContentIsSandboxedOrAttached(String contentType) {
        api.upload(bucket, "page", Bytes.of("<script>alert(1)</script>"), "Content-Type", contentType)
                .expect(201);

        assertHarmless(api.download(bucket, "page"));
        assertHarmless(api.get("/object/authenticated/" + bucket + "/page"));
        api.send("PATCH", "/bucket/" + bucket, Map.of("policy", "public")).expect(200);
        assertHarmless(gateway.anonymously().get("/object/public/" + bucket + "/page"));
    }

    private static void assertHarmless(Answer answer) {
        assertThat(answer).hasStatus(200).hasHeader("X-Content-Type-Options", "nosniff");
        boolean sandboxed = answer.header("Content-Security-Policy").orElse("").contains("sandbox");
        boolean attached = answer.header("Content-Disposition").orElse("").startsWith("attachment");
        assertThat(sandboxed || attached).as("%s", answer).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=60", "public, max-age=31536000, immutable", "no-store"})
    void cacheControlComesBackAsSent(String cacheControl) {
        String bucket = api.newBucket("public");
        api.upload(bucket, "file", new byte[1], "Cache-Control", cacheControl).expect(201);

        assertThat(api.download(bucket, "file")).hasHeader("Cache-Control", cacheControl);
        assertThat(api.head(bucket, "file")).hasHeader("Cache-Control", cacheControl);
        assertThat(api.info(bucket, "file").field("cache_control")).isEqualTo(cacheControl);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    max-age=60                | private, max-age=60
                    public, s-maxage=60       | private, s-maxage=60
                    Public                    | private
                    private, no-store         | private, no-store
                    """)
    void sharedCachesKeepNothingOfABucketThatIsNotPublic(String sent, String served) {
        api.upload(bucket, "file", new byte[1], "Cache-Control", sent).expect(201);

        assertThat(api.download(bucket, "file"))
                .hasHeader("Cache-Control", served)
                .satisfies(
                        answer -> assertThat(answer.headers().allValues("Vary")).contains("authorization", "apikey"));
        assertThat(api.info(bucket, "file").field("cache_control")).isEqualTo(sent);
    }

    @Test
    void contentEncodingIsKeptAndTheBytesAreNotTouched() {
        byte[] zipped = Bytes.random(new Random(4), 500);
        api.upload(bucket, "file", zipped, "Content-Encoding", "gzip", "Content-Type", "text/css")
                .expect(201);

        assertThat(api.download(bucket, "file", "Accept-Encoding", "gzip"))
                .hasHeader("Content-Encoding", "gzip")
                .hasHeader("Content-Length", "500")
                .hasBody(zipped);
    }

    @Test
    void objectsAreNeverCompressedOnTheWay() {
        api.upload(bucket, "file", new byte[100_000], "Content-Type", "text/plain")
                .expect(201);

        assertThat(api.download(bucket, "file", "Accept-Encoding", "gzip, deflate, br"))
                .hasHeader("Content-Length", "100000")
                .hasBody(new byte[100_000]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "text/", "/html", "text/ html", "text/html\u00e9", ""})
    void aTypeThatIsNoneIsRefusedOrReplacedButNeverServedRaw(String contentType) throws IOException {
        Answer answer = RawHttp.ask(
                gateway.port(),
                "POST /storage/v1/object/" + bucket + "/file",
                "Authorization: Bearer " + gateway.tokens().user(user),
                "Content-Type: " + contentType,
                "Content-Length: 0");

        assertThat(answer.status()).isIn(201, 400, 415);
        if (answer.status() == 201) {
            assertThat(api.download(bucket, "file")).hasHeader("Content-Type", "application/octet-stream");
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
                    a%22;x=%22b          | attachment; filename="a_;x=_b"; filename*=UTF-8''a%22%3Bx%3D%22b
                    a%0D%0AX-Evil:%201   | attachment; filename="a__X-Evil: 1"
                    %F0%9F%98%80.txt     | attachment; filename="_.txt"; filename*=UTF-8''%F0%9F%98%80.txt
                    ..%2F..%5Cpasswd     | attachment; filename=".._.._passwd"
                    %00                  | attachment; filename="_"
                    """)
    void theNameOfADownloadSmugglesNothing(String wanted, String disposition) throws IOException {
        api.upload(bucket, "file", new byte[1]).expect(201);

        Answer answer = RawHttp.ask(
                gateway.port(),
                "GET /storage/v1/object/" + bucket + "/file?download=" + wanted,
                "Authorization: Bearer " + gateway.tokens().user(user));

        assertThat(answer).hasStatus(200).hasHeader("Content-Disposition", disposition);
        assertThat(answer.header("X-Evil")).isEmpty();
    }

    @Test
    void aTypeWithAControlCharacterSmugglesNoHeader() throws IOException {
        Answer answer = RawHttp.ask(
                gateway.port(),
                "POST /storage/v1/object/" + bucket + "/file",
                "Authorization: Bearer " + gateway.tokens().user(user),
                "Content-Type: text/html\rX-Evil: 1",
                "Content-Length: 0");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(api.download(bucket, "file").header("X-Evil")).isEmpty();
    }
}
