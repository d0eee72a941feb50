package io.aerodb.storage.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerodb.storage.backend.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

class UploadHeadersTest {

    private static final DataSize LIMIT = DataSize.ofBytes(64);
    /** Of no bytes. */
    private static final String SHA_256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    private static final String SHA_256_HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String MD5 = "1B2M2Y8AsgTpgAmY7PhCfg==";
    private static final String MD5_HEX = "d41d8cd98f00b204e9800998ecf8427e";

    private static UploadHeaders read(String lines) {
        return UploadHeaders.of(WriteConditionTest.headers(lines), LIMIT);
    }

    private static void refused(String lines, ErrorCode code, String field) {
        assertThatThrownBy(() -> read(lines)).isInstanceOfSatisfying(StorageError.class, error -> {
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.details()).containsEntry("field", field).containsKey("reason");
        });
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void withoutHeadersTheDefaultsHold() {
        UploadHeaders headers = UploadHeaders.of(new HttpHeaders(), LIMIT);

        assertThat(headers.contentLength()).isEmpty();
        assertThat(headers.contentType()).isEqualTo("application/octet-stream");
        assertThat(headers.cacheControl()).isNull();
        assertThat(headers.contentEncoding()).isNull();
        assertThat(headers.metadata()).isNull();
        assertThat(headers.digests()).isEmpty();
    }

    @Test
    void headersAreKeptAsSent() {
        UploadHeaders headers = read("Content-Length: 12\nContent-Type: Text/HTML; Charset=\"utf 8\"\n"
                + "Cache-Control: max-age=60\nContent-Encoding: gzip, br");

        assertThat(headers.contentLength()).hasValue(12);
        assertThat(headers.contentType()).isEqualTo("Text/HTML; Charset=\"utf 8\"");
        assertThat(headers.cacheControl()).isEqualTo("max-age=60");
        assertThat(headers.contentEncoding()).isEqualTo("gzip, br");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "image/svg+xml",
                "application/vnd.a.b-c+json",
                "a/b;c=d",
                "a/b ; c=d;e=\"f;\\\"g\"",
                "text/plain;charset=no-such-charset",
                "multipart/form-data; boundary=----x",
                "a/b;"
            })
    void mediaTypesAreAccepted(String type) {
        assertThat(UploadHeaders.contentType("Content-Type", type)).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text",
                "text/",
                "/plain",
                "text/plain/x",
                "text plain",
                "image/*",
                "*/*",
                "text/plain;charset",
                "text/plain;a=\"b",
                "text/plain; a = b",
                "text/plüin",
                "text/plain, text/html"
            })
    void otherTextsAreNoMediaTypes(String type) {
        refused("Content-Type: " + type, ErrorCode.INVALID_REQUEST, "Content-Type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain\r\nX: y", "text/plain\n", "text/plain;a=\"\r\n\"", "text/plain\u0000"})
    void aMediaTypeNeverHasControlCharacters(String type) {
        assertThatThrownBy(() -> UploadHeaders.contentType("Content-Type", type))
                .isInstanceOf(StorageError.class);
    }

    @Test
    void longOrRepeatedHeadersAreRefused() {
        refused("Content-Type: a/" + "b".repeat(254), ErrorCode.INVALID_REQUEST, "Content-Type");
        refused("Content-Type: a/b\nContent-Type: a/b", ErrorCode.INVALID_REQUEST, "Content-Type");
        refused("Cache-Control: " + "b".repeat(513), ErrorCode.INVALID_REQUEST, "Cache-Control");
        refused("Content-Encoding: a b", ErrorCode.INVALID_REQUEST, "Content-Encoding");
        refused("Content-Length: 1x", ErrorCode.INVALID_REQUEST, "Content-Length");
    }

    @Test
    void aPartOfAFileIsRefused() {
        refused("Content-Range: bytes 0-4/10", ErrorCode.INVALID_REQUEST, "Content-Range");
    }

    @Test
    void theMediaTypePatternDoesNotBacktrack() {
        String hostile = ("a/b" + ";a=\"b\"".repeat(40)).substring(0, 240) + "\u0080";

        assertThatThrownBy(() -> UploadHeaders.contentType("Content-Type", hostile))
                .isInstanceOf(StorageError.class);
    }

    @Test
    void metadataIsOneJsonObjectInBase64() {
        assertThat(read("x-metadata: " + base64("{ \"a\" : {\"b\":[1, \"ü\"]} }"))
                        .metadata())
                .isEqualTo("{\"a\":{\"b\":[1,\"ü\"]}}");
        assertThat(read("x-metadata: " + base64("{\"n\":12345678901234567890.5}"))
                        .metadata())
                .isEqualTo("{\"n\":12345678901234567890.5}");
        assertThat(read("x-metadata: " + base64("{}").replace("=", "")).metadata())
                .isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "null",
                "\"a\"",
                "{",
                "{}x",
                "{\"a\":1,\"a\":1}",
                "{\"a\":\"\\u0000\"}",
                "{\"\\u0000\":1}",
                "{\"a\":[{\"b\":\"\\ud800\"}]}",
                "{\"a\":1e999999}",
                "{\"a\":1e-999999}",
                "{\"a\":1e10000000000}",
                "{\"a\":NaN}"
            })
    void metadataThatIsNoStorableObjectIsRefused(String json) {
        refused("x-metadata: " + base64(json), ErrorCode.INVALID_METADATA, "x-metadata");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "not base64!", "e30 =", "e3"})
    void metadataThatIsNotBase64IsRefused(String value) {
        refused("x-metadata: " + value, ErrorCode.INVALID_METADATA, "x-metadata");
    }

    @Test
    void metadataHasALimitToTheByte() {
        String exact = "{\"a\":\"" + "x".repeat(56) + "\"}";

        assertThat(exact).hasSize(64);
        assertThat(read("x-metadata: " + base64(exact)).metadata()).isEqualTo(exact);
        refused("x-metadata: " + base64(exact + " "), ErrorCode.INVALID_METADATA, "x-metadata");
        refused("x-metadata: " + "A".repeat(10_000), ErrorCode.INVALID_METADATA, "x-metadata");
        refused("x-metadata: e30=\nx-metadata: e30=", ErrorCode.INVALID_REQUEST, "x-metadata");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Digest: sha-256=:" + SHA_256 + ":",
                "Repr-Digest: sha-256=:" + SHA_256 + ":",
                "Repr-Digest: sha-256=:" + SHA_256 + ":\nContent-Digest: sha-256=:" + SHA_256 + ":",
                "Content-Digest: sha-512=:AAAA:, sha-256=:" + SHA_256 + ":;x=1 , md5=:AA==:",
                "Content-Digest: md5=:AA==:\nContent-Digest: sha-256=:" + SHA_256 + ":"
            })
    void sha256IsReadFromTheDigestFields(String lines) {
        assertThat(read(lines).digests()).isEqualTo(Map.of(Digest.SHA_256, SHA_256_HEX));
    }

    @Test
    void unknownAlgorithmsAreIgnored() {
        assertThat(read("Content-Digest: sha-512=:AAAA:").digests()).isEmpty();
    }

    @Test
    void contentMd5IsRead() {
        assertThat(read("Content-MD5: " + MD5).digests()).isEqualTo(Map.of(Digest.MD5, MD5_HEX));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Digest: ",
                "Content-Digest: sha-256",
                "Content-Digest: sha-256=" + SHA_256,
                "Content-Digest: sha-256=:AAAA:",
                "Content-Digest: sha-256=:####:",
                "Content-Digest: sha-256=:" + SHA_256 + ":,",
                "Content-Digest: SHA-256=:" + SHA_256 + ":",
                "Repr-Digest: sha-256=:" + SHA_256 + ": x",
                "Content-MD5: AAAA",
                "Content-MD5: !",
                "Content-MD5: "
            })
    void malformedDigestsAreRefused(String line) {
        refused(line, ErrorCode.BAD_DIGEST, line.split(":")[0]);
    }

    @Test
    void digestsThatDifferAreRefused() {
        String zeros = Base64.getEncoder().encodeToString(new byte[32]);

        assertThatThrownBy(
                        () -> read("Content-Digest: sha-256=:%s:\nRepr-Digest: sha-256=:%s:".formatted(SHA_256, zeros)))
                .isInstanceOf(StorageError.class);
    }
}
