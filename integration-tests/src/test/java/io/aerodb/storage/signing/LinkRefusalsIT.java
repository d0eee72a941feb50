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
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What a link does not open, and for whom. */
class LinkRefusalsIT {

    private final Gateway gateway = SharedGateway.get();
    private final Api alice = gateway.asUser(Names.user());
    private final Api anybody = gateway.anonymously();
    private final String bucket = alice.newBucket("private");
    private final String token = signed("b/a");

    private String signed(String path) {
        alice.upload(bucket, path, Bytes.of("x")).expect(201);
        return tokenOf(alice.sign(bucket, path).field("signedURL"));
    }

    private static String tokenOf(String address) {
        return address.replaceFirst(".*token=", "");
    }

    /** Refused at the object's own address and at the one that Supabase clients use. */
    private void refused(String path, String token) {
        assertThat(anybody.get("/object/" + bucket + "/" + path + "?token=" + token))
                .isRefused(403, "InvalidSignature");
        assertThat(anybody.get("/object/sign/" + bucket + "/" + path + "?token=" + token))
                .isRefused(400, "InvalidSignature");
    }

    /** A token with the honest one's header, signed with the gateway's key, that says this. */
    private String forged(Map<String, Object> claims) {
        String header = new String(Base64.getUrlDecoder().decode(token.split("\\.")[0]), StandardCharsets.UTF_8);
        return gateway.linkTokens().handMade(header, JsonMapper.shared().writeValueAsString(claims));
    }

    private Map<String, Object> claims(Instant expiry) {
        Answer there = alice.get("/bucket/" + bucket);
        Instant created = Instant.parse(there.field("created_at"));
        Map<String, Object> claims = new HashMap<>();
        claims.put("url", bucket + "/b/a");
        claims.put("bid", there.field("id"));
        claims.put("bucket_created", ChronoUnit.MICROS.between(Instant.EPOCH, created));
        claims.put("scope", "download");
        claims.put("iat", Instant.now().getEpochSecond());
        claims.put("exp", expiry.getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("owner", "alice");
        claims.put("role", "authenticated");
        return claims;
    }

    @ParameterizedTest
    @ValueSource(strings = {"b/ab", "b/A", "b", "b//a", "b/a/", "b/a%20", "b%2Fa%2F", "a"})
    void anotherPathIsRefused(String path) {
        refused(path, token);
    }

    @Test
    void dotSegmentsAreRefusedAsPaths() throws IOException {
        assertThat(RawHttp.ask(gateway.port(), "GET /storage/v1/object/" + bucket + "/b/./a?token=" + token))
                .isRefused(400, "InvalidKey");
    }

    @Test
    void theSamePathInOtherEscapesIsTheSamePath() {
        assertThat(anybody.get("/object/" + bucket + "/b%2F%61?token=" + token)).hasStatus(200);
    }

    @Test
    void anotherBucketIsRefused() {
        String other = alice.newBucket("private");
        alice.upload(other, "b/a", Bytes.of("x")).expect(201);

        assertThat(anybody.get("/object/" + other + "/b/a?token=" + token)).isRefused(403, "InvalidSignature");
        assertThat(anybody.get("/object/sign/" + other + "/b/a?token=" + token)).isRefused(400, "InvalidSignature");
    }

    @Test
    void anotherExpiryIsRefused() {
        assertThat(anybody.get("/object/%s/b/a?token=%s&expires=%d"
                        .formatted(bucket, token, Instant.now().plusSeconds(61).getEpochSecond())))
                .isRefused(403, "InvalidSignature");
        assertThat(anybody.get("/object/%s/b/a?token=%s&expires=".formatted(bucket, token)))
                .isRefused(403, "InvalidSignature");
    }

    @Test
    void aSecondTooLateIsGone() {
        String expired = forged(claims(Instant.now().minusSeconds(1)));

        assertThat(anybody.get("/object/" + bucket + "/b/a?token=" + expired)).isRefused(410, "ExpiredUrl");
        assertThat(anybody.get("/object/sign/" + bucket + "/b/a?token=" + expired))
                .isRefused(410, "ExpiredUrl");
        assertThat(anybody.get("/object/" + bucket + "/b/a?token="
                        + forged(claims(Instant.now().plusSeconds(60)))))
                .hasStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c", "..", "%00", "%ff", "ey.ey.ey", "null", "%F0%9F%98%80"})
    void whatIsNoTokenIsRefused(String text) {
        refused("b/a", text);
    }

    @Test
    void aSignatureThatIsNotTheRightOneIsRefused() {
        String unsigned = token.substring(0, token.lastIndexOf('.') + 1);

        for (String signature : List.of("", "AAAA", "!!!!", "A".repeat(43), "A".repeat(4000))) {
            refused("b/a", unsigned + signature);
        }
    }

    @Test
    void aTokenOfAUserOpensNoLink() {
        refused("b/a", gateway.tokens().service());
        refused("b/a", gateway.tokens().of(claims(Instant.now().plusSeconds(60))));
    }

    @Test
    void aTokenOfALinkIsNobodysIdentity() {
        assertThat(gateway.as(token).get("/bucket")).isUnauthorized();
        assertThat(gateway.as(forged(Map.of("sub", "alice", "role", "service_role", "exp", 4_000_000_000L)))
                        .get("/bucket"))
                .isUnauthorized();
        assertThat(gateway.anonymously().get("/bucket", "apikey", token)).isUnauthorized();
    }

    @Test
    void aDownloadTokenUploadsNothingAndTheReverse() {
        String upload =
                alice.postJson("/object/upload/sign/" + bucket + "/new", "").field("token");
        alice.upload(bucket, "new", Bytes.of("old")).expect(201);

        assertThat(anybody.exchange(
                        "PUT", "/object/upload/sign/" + bucket + "/b/a?token=" + token, BodyPublishers.ofString("y")))
                .isRefused(400, "InvalidSignature");
        refused("new", upload);
        assertThat(anybody.exchange("PUT", "/object/" + bucket + "/b/a?token=" + token, BodyPublishers.ofString("y")))
                .isUnauthorized();
        assertThat(anybody.exchange("POST", "/object/" + bucket + "/new?token=" + upload, BodyPublishers.ofString("y")))
                .isUnauthorized();
    }

    @Test
    void twoTokensAreNone() {
        refused("b/a", token + "&token=" + token);
    }

    @Test
    void withoutATokenTheAddressOfLinksSaysWhatItNeeds() {
        assertThat(anybody.get("/object/sign/" + bucket + "/b/a")).isRefusedBecauseOf("token", "InvalidRequest");
        assertThat(alice.get("/object/sign/" + bucket + "/b/a")).isRefusedBecauseOf("token", "InvalidRequest");
        assertThat(anybody.exchange("PUT", "/object/upload/sign/" + bucket + "/b/a", BodyPublishers.noBody()))
                .isRefusedBecauseOf("token", "InvalidRequest");
    }

    @Test
    void theTokenStandsInNoLogNoMetricAndNoError() {
        Answer refusal = anybody.get("/object/" + bucket + "/other?token=" + token);
        anybody.get("/object/sign/" + bucket + "/b/a?token=" + token).expect(200);
        String metrics = anybody.exchange(
                        "GET", gateway.management().resolve("/actuator/prometheus"), BodyPublishers.noBody())
                .text();
        String signature = token.substring(token.lastIndexOf('.') + 1);

        assertThat(refusal.text()).doesNotContain(signature);
        assertThat(metrics).doesNotContain(signature).contains("jvm_memory");
        assertThat(gateway.output()).doesNotContain(signature).contains(bucket);
    }
}
