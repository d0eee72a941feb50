package io.aerodb.storage.signing;

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
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedDownloadIT {

    private static final byte[] CONTENT = Bytes.of("what the link opens");

    private final Gateway gateway = SharedGateway.get();
    private final Api alice = gateway.asUser(Names.user());
    private final Api anybody = gateway.anonymously();
    private final String bucket = alice.newBucket("private");

    private Answer signed(String path) {
        alice.upload(bucket, path, CONTENT).expect(201);
        return alice.sign(bucket, path).expect(200);
    }

    private Answer sign(String query, String body) {
        alice.upload(bucket, "file", CONTENT).expect(201);
        return alice.postJson("/object/sign/" + bucket + "/file" + query, body);
    }

    private static String nativeForm(Answer signed) {
        return signed.field("url").replaceFirst(".*/storage/v1", "");
    }

    /** The whole address, as whoever got the link would open it. */
    private Answer open(String url) {
        return anybody.exchange("GET", URI.create(url), BodyPublishers.noBody());
    }

    @Test
    void bothFormsOfTheAddressOpenTheObjectToAnybody() {
        Answer link = signed("2026/file.txt");

        assertThat(open(link.field("url"))).hasStatus(200).hasBody(CONTENT);
        assertThat(anybody.get(link.field("signedURL"))).hasStatus(200).hasBody(CONTENT);
        assertThat(anybody.get("/object/" + bucket + "/2026/file.txt")).hasStatus(401);
    }

    @Test
    void theAnswerSaysWhatItIs() {
        Instant before = Instant.now();
        Answer link = signed("file");
        Instant expiry = Instant.parse(link.field("expires_at"));

        assertThat(expiry).isBetween(before.plusSeconds(58), Instant.now().plusSeconds(61));
        assertThat(link.field("url"))
                .startsWith(gateway.address() + "/storage/v1/object/" + bucket + "/file?token=")
                .endsWith("&expires=" + expiry.getEpochSecond());
        assertThat(link.field("signedURL")).startsWith("/object/sign/" + bucket + "/file?token=");
        assertThat(link.field("token_id")).hasSize(36);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a b+c=d;e,f@g'h.txt", "ünï/😀 ☃.txt", "a//b", "100%25 & more?#.txt", "[x]{y}|z^`\\\"<>.txt"})
    void oddNamesAreSignedAndOpened(String path) {
        Answer link = signed(path);

        assertThat(open(link.field("url"))).hasStatus(200).hasBody(CONTENT);
        assertThat(link.field("signedURL")).startsWith("/object/sign/" + bucket + "/" + path + "?token=");
    }

    @Test
    void headIsLikeGet() {
        Answer link = signed("file");
        Answer get = anybody.get(nativeForm(link));

        for (String address : List.of(nativeForm(link), link.field("signedURL"))) {
            Answer head = anybody.exchange("HEAD", address, BodyPublishers.noBody());
            assertThat(head).hasStatus(200).hasBody(new byte[0]);
            for (String name : List.of("content-length", "etag", "content-type", "cache-control", "last-modified")) {
                assertThat(head.header(name))
                        .as(name)
                        .isEqualTo(get.header(name))
                        .isPresent();
            }
        }
    }

    @Test
    void rangesConditionsAndDispositionWorkAsElsewhere() {
        Answer link = signed("file.txt");
        String address = link.field("signedURL");

        assertThat(anybody.get(address, "Range", "bytes=0-3")).hasStatus(206).hasBody(Bytes.of("what"));
        String etag = anybody.get(address).header("etag").orElseThrow();
        assertThat(anybody.get(address, "If-None-Match", etag)).hasStatus(304);
        assertThat(anybody.get(address, "If-Match", "\"other\"")).isRefused(412, "PreconditionFailed");
        assertThat(anybody.get(address + "&download=named.txt"))
                .hasStatus(200)
                .hasHeader("content-disposition", "attachment; filename=\"named.txt\"");
    }

    @Test
    void theAddressIsToldToNoOtherSite() {
        assertThat(anybody.get(signed("page.html").field("signedURL")))
                .hasHeader("referrer-policy", "no-referrer")
                .hasHeader("cache-control", "private, no-cache")
                .hasHeader("x-content-type-options", "nosniff");
    }

    @Test
    void whoOpensALinkIsNotAsked() {
        String address = signed("file").field("signedURL");

        assertThat(gateway.as("no token at all").get(address)).hasStatus(200);
        assertThat(gateway.as(gateway.tokens().expired("bob")).get(address)).hasStatus(200);
        assertThat(gateway.as("no token at all").get(nativeForm(alice.sign(bucket, "file"))))
                .hasStatus(200);
    }

    @Test
    void itOpensTheVersionThatIsThere() {
        String address = signed("file").field("signedURL");
        alice.replace(bucket, "file", Bytes.of("changed")).expect(200);

        assertThat(anybody.get(address)).hasStatus(200).hasBody(Bytes.of("changed"));
        alice.remove(bucket, "file").expect(204);
        assertThat(anybody.get(address)).isRefused(404, "NoSuchKey", "Object not found");
    }

    @Test
    void publicAndAuthenticatedAddressesIgnoreTokens() {
        String token = signed("file").field("signedURL").replaceFirst(".*token=", "");

        assertThat(anybody.get("/object/public/" + bucket + "/file?token=" + token))
                .hasStatus(404);
        assertThat(anybody.get("/object/authenticated/" + bucket + "/file?token=" + token))
                .hasStatus(401);
        assertThat(anybody.get("/object/info/" + bucket + "/file?token=" + token))
                .hasStatus(401);
        assertThat(anybody.delete("/object/" + bucket + "/file?token=" + token)).hasStatus(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?expires_in=120  |                     | 120",
                "?expiresIn=120   |                     | 120",
                "''               | {\"expiresIn\":120} | 120",
                "''               | {\"expires_in\":120}| 120",
                "''               | {\"expiresIn\":120.0}| 120",
                "''               | {\"expiresIn\":\"120\"}| 120",
                "''               |                     | 3600",
                "?expires_in=604800 |                   | 604800"
            })
    void theExpiryIsWhatTheRequestSays(String query, String body, long seconds) {
        Answer link = sign(query, body == null ? "" : body).expect(200);

        assertThat(Instant.parse(link.field("expires_at")))
                .isBetween(Instant.now().plusSeconds(seconds - 5), Instant.now().plusSeconds(seconds + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "604801", "9223372036854775808", "1.5", "\"60s\"", "\"0\"", "1e30", "true"})
    void anExpiryOutOfBoundsIsRefused(String expiry) {
        assertThat(sign("", "{\"expiresIn\":" + expiry + "}")).isRefusedBecauseOf("expiresIn", "InvalidRequest");
        assertThat(sign("?expires_in=" + expiry.replace("\"", "%22"), ""))
                .isRefusedBecauseOf("expires_in", "InvalidRequest");
    }

    @Test
    void aTransformationIsNotThere() {
        assertThat(sign("", "{\"expiresIn\":60,\"transform\":{\"width\":100}}")).isRefused(501, "NotImplemented");
    }

    @Test
    void manyAreSignedAtOnce() {
        signed("a.txt");
        signed("ü.txt");
        Answer links = alice.send(
                        "POST",
                        "/object/sign/" + bucket,
                        Map.of("expiresIn", 60, "paths", List.of("a.txt", "missing", "ü.txt", "a.txt")))
                .expect(200);

        assertThat(links.each("path")).containsExactly("a.txt", "missing", "ü.txt", "a.txt");
        assertThat(links.header("content-length")).as("streamed, not collected").isEmpty();
        assertThat(links.each("error"))
                .containsExactly("", "Either the object does not exist or you do not have access to it", "", "");
        assertThat(anybody.get(links.each("signedURL").get(0))).hasStatus(200);
        assertThat(links.json().get(1).get("signedURL").isNull()).isTrue();
        assertThat(open(links.each("url").get(2))).hasStatus(200).hasBody(CONTENT);
    }

    @Test
    void aThousandAreAsManyAsGoAtOnce() {
        signed("a.txt");
        List<String> thousand = Collections.nCopies(1000, "a.txt");
        List<String> more = Collections.nCopies(1001, "a.txt");

        assertThat(alice.send("POST", "/object/sign/" + bucket, Map.of("paths", thousand)))
                .hasStatus(200);
        assertThat(alice.send("POST", "/object/sign/" + bucket, Map.of("paths", more)))
                .isRefusedBecauseOf("paths", "InvalidRequest");
        assertThat(alice.postJson("/object/sign/" + bucket, "{}")).isRefusedBecauseOf("paths", "InvalidRequest");
    }

    @Test
    void whoMayNotReadMayNotSign() {
        signed("file");
        Api bob = gateway.asUser(Names.user());

        assertThat(bob.sign(bucket, "file")).isRefused(403, "AccessDenied");
        assertThat(bob.sign(bucket, "missing")).isRefused(403, "AccessDenied");
        assertThat(alice.sign(bucket, "missing")).isRefused(404, "NoSuchKey");
        assertThat(bob.sign("no-such-bucket", "file")).isRefused(404, "NoSuchBucket");
        assertThat(bob.send("POST", "/object/sign/" + bucket, Map.of("paths", List.of("file")))
                        .each("signedURL"))
                .containsExactly("");
    }

    @Test
    void whoShowsNoTokenOfHisOwnMayNotSignEvenWhatIsPublic() {
        String open = alice.newBucket("public");
        alice.upload(open, "file", CONTENT).expect(201);

        assertThat(anybody.sign(open, "file")).isUnauthorized();
        assertThat(gateway.as(gateway.tokens().anonymous()).sign(open, "file")).isRefused(403, "AccessDenied");
        assertThat(gateway.asUser(Names.user()).sign(open, "file")).hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sign/any", "sign/any/file", "upload/sign/any/file"})
    void whoShowsNoTokenIsRefusedBeforeTheBodyIsSent(String address) throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request(
                    "POST /storage/v1/object/" + address + " HTTP/1.1", "Content-Length: 100", "Expect: 100-continue");

            assertThat(connection.answer()).isUnauthorized();
        }
    }

    @Test
    void linksAreBuiltFromThePublicUrlAlone() {
        Gateway behindProxy = SharedGateway.production().gateway();
        Api api = behindProxy.asUser(Names.user());
        String files = api.newBucket("private");
        api.upload(files, "a b", CONTENT).expect(201);
        Answer link = api.send(
                "POST",
                "/object/sign/" + files + "/a%20b",
                Map.of(),
                "X-Forwarded-Host",
                "evil.example",
                "X-Forwarded-Proto",
                "gopher",
                "Forwarded",
                "host=evil.example");

        assertThat(link.field("url"))
                .startsWith("https://files.example.com/gateway/storage/v1/object/" + files + "/a%20b?token=");
    }
}
