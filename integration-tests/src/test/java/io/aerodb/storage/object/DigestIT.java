package io.aerodb.storage.object;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestIT {

    private static final byte[] CONTENT = Bytes.random(new Random(5), 70_000);
    private static final byte[] OTHER = Bytes.of("other");

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @ParameterizedTest
    @MethodSource("rightDigests")
    void aRightDigestIsAccepted(String header, String value) {
        assertThat(api.upload(bucket, "file", CONTENT, header, value)).hasStatus(201);
        assertThat(api.uploadChunked(bucket, "chunked", CONTENT, header, value)).hasStatus(201);
        assertThat(api.download(bucket, "file")).hasBody(CONTENT);
    }

    static Stream<String[]> rightDigests() {
        return Stream.of(
                new String[] {"Content-Digest", sha256(CONTENT)},
                new String[] {"Repr-Digest", sha256(CONTENT)},
                new String[] {"Content-Digest", "sha-512=:AAAA:, " + sha256(CONTENT)},
                new String[] {"Content-MD5", Bytes.md5Base64(CONTENT)});
    }

    @ParameterizedTest
    @MethodSource("wrongDigests")
    void aWrongDigestLeavesNothing(String header, String value) {
        Answer answer = api.upload(bucket, "file", CONTENT, header, value);

        assertThat(answer).isRefused(400, "BadDigest");
        assertThat(api.uploadChunked(bucket, "file", CONTENT, header, value)).isRefused(400, "BadDigest");
        assertThat(api.download(bucket, "file")).isRefused(404, "NoSuchKey");
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @ParameterizedTest
    @MethodSource("wrongDigests")
    void aWrongDigestKeepsTheOldContent(String header, String value) {
        api.upload(bucket, "file", OTHER).expect(201);

        assertThat(api.replace(bucket, "file", CONTENT, header, value)).isRefused(400, "BadDigest");
        assertThat(api.download(bucket, "file")).hasBody(OTHER);
    }

    static Stream<String[]> wrongDigests() {
        return Stream.of(
                new String[] {"Content-Digest", sha256(OTHER)},
                new String[] {"Repr-Digest", sha256(OTHER)},
                new String[] {"Content-MD5", Bytes.md5Base64(OTHER)});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Digest: sha-256=nocolons",
                "Content-Digest: sha-256=:!!!:",
                "Content-Digest: sha-256=:AAAA:",
                "Repr-Digest: nonsense",
                "Content-MD5: AAAA",
                "Content-MD5: not base64"
            })
    void aMalformedDigestIsRefused(String header) {
        String[] parts = header.split(": ");

        Answer answer = api.upload(bucket, "file", CONTENT, parts[0], parts[1]);

        assertThat(answer).hasStatus(400).revealsNothing();
        Assertions.assertThat(answer.field("code")).isIn("BadDigest", "InvalidRequest");
        assertThat(api.download(bucket, "file")).hasStatus(404);
    }

    @Test
    void twoDigestsMustBothBeRight() {
        assertThat(api.upload(
                        bucket,
                        "file",
                        CONTENT,
                        "Content-Digest",
                        sha256(CONTENT),
                        "Content-MD5",
                        Bytes.md5Base64(OTHER)))
                .isRefused(400, "BadDigest");
        assertThat(api.upload(
                        bucket,
                        "file",
                        CONTENT,
                        "Content-Digest",
                        sha256(CONTENT),
                        "Content-MD5",
                        Bytes.md5Base64(CONTENT)))
                .hasStatus(201);
    }

    @Test
    void theDigestOfAnEmptyBodyIsChecked() {
        assertThat(api.upload(bucket, "file", new byte[0], "Content-Digest", sha256(OTHER)))
                .isRefused(400, "BadDigest");
        assertThat(api.upload(bucket, "file", new byte[0], "Content-Digest", sha256(new byte[0])))
                .hasStatus(201);
    }

    private static String sha256(byte[] content) {
        return "sha-256=:" + Bytes.sha256Base64(content) + ":";
    }
}
