package io.aerodb.storage.process;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits and time-outs that an operator sets. */
class SettingsIT {

    private static final String REPLACED_SECRET = "the secret of links that was replaced by now";

    private static Gateway gateway;

    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @BeforeAll
    static void start() throws IOException {
        Path replaced = Files.writeString(Files.createTempFile("replaced", "secret"), REPLACED_SECRET);
        gateway = Gateway.start(
                "--storage.signing.previous-secret-files=" + replaced,
                "--storage.signing.max-expiry=2h",
                "--storage.signing.default-expiry=30s",
                "--storage.limits.max-file-size=1MB",
                "--storage.http.body-idle-timeout=1s",
                "--storage.http.idle-timeout=2s",
                "--storage.http.max-header-size=2MB",
                "--storage.http.max-json-body=10KB");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void aLinkOfTheSecretThatWasReplacedIsStillGood() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Bytes.of(REPLACED_SECRET));
        String header =
                "{\"alg\":\"HS256\",\"kid\":\"%s\"}".formatted(HexFormat.of().formatHex(digest, 0, 8));
        String claims = """
                {"url": "%s/file", "bid": "%s", "bucket_created": %d, "scope": "download", "iat": %d, "exp": %d, "jti": "%s", "role": "authenticated"}""".formatted(
                        bucket,
                        api.get("/bucket/" + bucket).field("id"),
                        ChronoUnit.MICROS.between(
                                Instant.EPOCH,
                                Instant.parse(api.get("/bucket/" + bucket).field("created_at"))),
                        Instant.now().getEpochSecond(),
                        Tokens.inAnHour(),
                        UUID.randomUUID());
        api.upload(bucket, "file", Bytes.of("content")).expect(201);
        String address = "/object/" + bucket + "/file?token=";

        assertThat(gateway.anonymously().get(address + new Tokens(REPLACED_SECRET).handMade(header, claims)))
                .hasStatus(200);
        assertThat(gateway.anonymously().get(address + gateway.linkTokens().handMade(header, claims)))
                .isRefused(403, "InvalidSignature");
    }

    @Test
    void theLifeOfLinksIsASetting() {
        api.upload(bucket, "file", Bytes.of("content")).expect(201);
        String sign = "/object/sign/" + bucket + "/file";

        assertThat(Instant.parse(api.postJson(sign, "").expect(200).field("expires_at")))
                .isBefore(Instant.now().plusSeconds(31));
        assertThat(api.postJson(sign, "{\"expiresIn\": 7201}")).isRefusedBecauseOf("expiresIn", "InvalidRequest");
    }

    @Test
    void noObjectIsLargerThanTheGlobalLimit() {
        int limit = 1024 * 1024;

        assertThat(api.upload(bucket, "exact", new byte[limit])).hasStatus(201);
        assertThat(api.upload(bucket, "more", new byte[limit + 1])).isRefused(413, "EntityTooLarge");
        assertThat(api.uploadChunked(bucket, "more", new byte[limit + 1])).isRefused(413, "EntityTooLarge");
    }

    @Test
    void aBucketsLimitDoesNotRaiseTheGlobalOne() {
        String generous = Names.bucket("generous");
        api.createBucket("{\"name\": \"" + generous + "\", \"max_file_size\": \"1GB\"}")
                .expect(201);

        assertThat(api.upload(generous, "more", new byte[1024 * 1024 + 1])).isRefused(413, "EntityTooLarge");
    }

    @Test
    void anUploadThatBringsNothingForLongIsGivenUp() throws IOException {
        try (RawHttp upload = RawHttp.open(gateway.port())) {
            upload.request(
                            "POST /storage/v1/object/" + bucket + "/slow HTTP/1.1",
                            "Authorization: Bearer " + gateway.tokens().user(user),
                            "Content-Length: 1000")
                    .write(Bytes.of("a beginning"));

            assertThat(upload.answer()).isRefused(408, "RequestTimeout");
            assertThat(upload.closedByServer()).isTrue();
        }
        assertThat(api.download(bucket, "slow")).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, bucket).vanish();
    }

    @Test
    void aClientThatAsksFirstAndThenIsSilentIsGivenUp() throws IOException {
        try (RawHttp upload = RawHttp.open(gateway.port())) {
            upload.request(
                    "POST /storage/v1/object/" + bucket + "/silent HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().user(user),
                    "Content-Length: 1000",
                    "Expect: 100-continue");
            assertThat(upload.answer()).hasStatus(100);

            assertThat(upload.answer()).isRefused(408, "RequestTimeout");
            assertThat(upload.closedByServer()).isTrue();
        }
        assertThat(api.download(bucket, "silent")).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void metadataOfAMebibyteIsKeptAndOneByteMoreIsRefused() {
        String frame = "{\"a\":\"\"}";
        String most = "{\"a\":\"" + "x".repeat(1024 * 1024 - frame.length()) + "\"}";

        assertThat(api.upload(bucket, "most", new byte[1], "x-metadata", base64(most)))
                .hasStatus(201);
        assertThat(api.info(bucket, "most").json().path("metadata").path("a").stringValue())
                .hasSize(1024 * 1024 - frame.length());
        Answer refused = api.upload(bucket, "more", new byte[1], "x-metadata", base64(most + " "));
        assertThat(refused).isRefusedBecauseOf("x-metadata", "InvalidMetadata");
        assertThat(refused.json().path("limit").longValue()).isEqualTo(1024 * 1024);
        assertThat(api.download(bucket, "more")).isRefused(404, "NoSuchKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not base64", "W10=", "bnVsbA==", "eyJhIjox", "/w==", "%7B%7D", "{}"})
    void metadataThatIsNoJsonObjectInBase64IsRefused(String header) {
        assertThat(api.upload(bucket, "odd", new byte[1], "x-metadata", header))
                .isRefusedBecauseOf("x-metadata", "InvalidMetadata");
        assertThat(api.download(bucket, "odd")).isRefused(404, "NoSuchKey");
    }

    @Test
    void aConnectionWithoutARequestIsClosed() throws IOException {
        try (RawHttp idle = RawHttp.open(gateway.port())) {
            idle.request("GET /storage/v1/bucket HTTP/1.1");
            assertThat(idle.answer()).hasStatus(200);

            assertThat(idle.closedByServer()).isTrue();
        }
    }

    @Test
    void aLargeJsonBodyIsRefused() {
        assertThat(api.createBucket(" ".repeat(11_000) + "{}")).isRefused(413, "EntityTooLarge");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(Bytes.of(text));
    }
}
