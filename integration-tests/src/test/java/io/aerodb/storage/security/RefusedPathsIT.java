package io.aerodb.storage.security;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that nobody may have: refused for every method, nothing written, nothing outside the root. */
class RefusedPathsIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "..",
                ".",
                "./a",
                "a/.",
                "a/..",
                "a/../x",
                "a/./x",
                "%2e%2e/x",
                "%2e%2e%2fx",
                "..%2fx",
                "..%2Fx",
                "a%2f..%2fx",
                "a%2F%2e%2Fx",
                "%2E",
                "/x",
                "%2Fx",
                "//x",
                "%c0%ae%c0%ae/x",
                "%e0%80%ae/x",
                "%c0%af",
                "%ff",
                "a%80b",
                "%e2%82",
                "%ed%a0%80",
                "%ed%a0%bd%ed%b8%80",
                "%f4%90%80%80",
                "%00",
                "a%00.jpg",
                "%0d%0aX-Evil:%201",
                "a%0ab",
                "a%09b",
                "a%1bb",
                "a%7fb",
                "a%c2%85b",
                "a%c2%9bb"
            })
    void eachIsRefusedWithTheReason(String raw) throws IOException {
        List<String> filesBefore = filesAroundTheRoot();

        for (String method : List.of("POST", "PUT", "GET", "DELETE")) {
            Answer answer = ask(method, raw);
            assertThat(answer).isRefused(400, "InvalidKey");
            assertThat(answer.header("X-Evil")).isEmpty();
        }
        assertThat(ask("HEAD", raw)).hasStatus(400);
        assertThat(RawHttp.ask(gateway.port(), "GET /storage/v1/object/info/" + bucket + "/" + raw, authorization()))
                .isRefused(400, "InvalidKey");
        assertThat(gateway.database()
                        .count(
                                "SELECT count(*) FROM storage.blobs WHERE bucket_id = ?",
                                api.get("/bucket/" + bucket).field("id")))
                .isZero();
        assertThat(filesAroundTheRoot()).isEqualTo(filesBefore);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%", "a%2", "a%zz", "%", "a%%b", "%u0041"})
    void brokenPercentSignsAreRefused(String raw) throws IOException {
        for (String method : List.of("POST", "GET")) {
            assertThat(ask(method, raw)).hasStatus(400).revealsNothing();
        }
    }

    @Test
    void rawBytesOutsideAsciiAreRefusedOrReadAsUtf8ButNeverGuessed() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.write(("POST /storage/v1/object/" + bucket + "/caf\u00e9 HTTP/1.1\r\nHost: x\r\n"
                            + authorization() + "\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
                    .getBytes(StandardCharsets.ISO_8859_1));

            assertThat(connection.answer()).hasStatus(400).revealsNothing();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/storage/v1/object/%2e%2e/x",
                "/storage/v1/object/../bucket",
                "/storage/v1/object/./x",
                "/storage/v1/../../etc/passwd",
                "/storage/v1/object/a%2fb/x",
                "/storage/v1/object/%00/x",
                "/storage/v1/object/%ff/x",
                "/../../etc/passwd",
                "//storage/v1/bucket/../../x",
                "/storage/v1/object//x"
            })
    void addressesThatClimbReachNothing(String target) throws IOException {
        Answer answer = RawHttp.ask(gateway.port(), "GET " + target, authorization());

        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer).revealsNothing();
        assertThat(answer.text()).doesNotContain("root:");
    }

    @Test
    void aSymbolicLinkPlantedInTheDataDirectoryIsNotFollowed() throws IOException {
        Path outside = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "outside-");
        String id = api.get("/bucket/" + bucket).field("id");
        Path planted = bucketDirectory(id);
        Files.createDirectories(planted.getParent());
        Files.createSymbolicLink(planted, outside);

        Answer answer = api.upload(bucket, "file", Bytes.of("x"));

        try (Stream<Path> tree = Files.walk(outside)) {
            assertThat(tree.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(answer.status()).isGreaterThanOrEqualTo(500);
        assertThat(answer).revealsNothing();
        assertThat(api.download(bucket, "file")).isRefused(404, "NoSuchKey");
        Files.delete(planted);
    }

    /** Where the local backend keeps the blobs of a bucket: found by looking where it keeps another's. */
    private Path bucketDirectory(String id) {
        String other = api.newBucket("private");
        api.upload(other, "file", Bytes.of("x")).expect(201);
        String otherId = api.get("/bucket/" + other).field("id");
        String file = gateway.disk().blobs(otherId).get(0);
        return gateway.disk().root().resolve(file.substring(0, file.indexOf(otherId)) + id);
    }

    private List<String> filesAroundTheRoot() throws IOException {
        try (Stream<Path> tree = Files.walk(gateway.launch().data(), 1)) {
            return Stream.concat(
                            tree.map(Path::toString).filter(file -> !file.endsWith(".log")),
                            gateway.disk().files().stream())
                    .sorted()
                    .toList();
        }
    }

    private Answer ask(String method, String raw) throws IOException {
        String target = "/storage/v1/object/" + bucket + "/" + raw;
        return method.startsWith("P")
                ? RawHttp.ask(gateway.port(), method + " " + target, authorization(), "Content-Length: 0")
                : RawHttp.ask(gateway.port(), method + " " + target, authorization());
    }

    private String authorization() {
        return "Authorization: Bearer " + gateway.tokens().user(user);
    }
}
