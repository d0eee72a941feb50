package io.aerodb.storage.security;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose end is disputed, too long or never comes. */
class FramingIT {

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 4",
                "Content-Length: 4\r\nContent-Length: 5",
                "Content-Length: 4, 5",
                "Content-Length: -1",
                "Content-Length: +4",
                "Content-Length: 0x4",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"
            })
    void aDisputedLengthIsRefusedAndNoSecondRequestIsSmuggled(String framing) throws IOException {
        String smuggled =
                "GET /storage/v1/bucket/" + bucket + " HTTP/1.1\r\nHost: x\r\n" + authorization() + "\r\n\r\n";
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("POST " + target("file") + " HTTP/1.1", authorization(), framing);
            connection.write(Bytes.of("0\r\n\r\n" + smuggled));

            assertThat(connection.answer().status()).isIn(400, 501);
            assertThat(connection.closedByServer()).as("closed by the server").isTrue();
        }
        assertThat(api.download(bucket, "file")).hasStatus(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Transfer-Encoding: chunked"
            })
    void theProtocolBeforeChunksHasNone(String framing) throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("POST " + target("old") + " HTTP/1.0", authorization(), framing);
            connection.write(Bytes.of("0\r\n\r\nGET /storage/v1/bucket HTTP/1.1\r\nHost: x\r\n\r\n"));

            assertThat(connection.answer()).isRefused(400, "InvalidRequest");
            assertThat(connection.closedByServer()).as("closed by the server").isTrue();
        }
        assertThat(api.download(bucket, "old")).isRefused(404, "NoSuchKey");
    }

    @Test
    void aBodyShorterThanItsLengthLeavesNothingVisible() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("POST " + target("short") + " HTTP/1.1", authorization(), "Content-Length: 1000");
            connection.write(new byte[999]);
            connection.endOutput();
            assertThat(connection.closedByServer()).isTrue();
        }
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
        assertThat(api.download(bucket, "short")).isRefused(404, "NoSuchKey");
    }

    @Test
    void chunksWithoutTheirEndLeaveNothingVisible() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("POST " + target("open") + " HTTP/1.1", authorization(), "Transfer-Encoding: chunked");
            connection.chunk(new byte[1000]);
            connection.endOutput();
            assertThat(connection.closedByServer()).isTrue();
        }
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
        assertThat(api.download(bucket, "open")).isRefused(404, "NoSuchKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zzz\r\nnonsense\r\n0\r\n\r\n", "-1\r\n", "5\r\n12345678\r\n0\r\n\r\n", "\r\n0\r\n\r\n"})
    void aBrokenChunkLeavesNothingVisible(String broken) throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("POST " + target("broken") + " HTTP/1.1", authorization(), "Transfer-Encoding: chunked");
            connection.chunk(new byte[1000]).write(Bytes.of(broken));
            refusedOrCutOff(connection);
        }
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
        assertThat(api.download(bucket, "broken")).isRefused(404, "NoSuchKey");
    }

    @Test
    void aBrokenChunkKeepsTheOldContent() throws IOException {
        api.upload(bucket, "file", Bytes.of("old")).expect(201);
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("PUT " + target("file") + " HTTP/1.1", authorization(), "Transfer-Encoding: chunked");
            connection.chunk(new byte[1000]).write(Bytes.of("zzz\r\n"));
            refusedOrCutOff(connection);
        }
        Leftovers.in(gateway, bucket).vanish();
        assertThat(api.download(bucket, "file")).hasBody(Bytes.of("old"));
    }

    @Test
    void linesAndHeadersOverTheLimitAreRefused() throws IOException {
        assertThat(RawHttp.ask(gateway.port(), "GET /storage/v1/" + "x".repeat(100_000))
                        .status())
                .isIn(400, 414, 431);
        assertThat(RawHttp.ask(gateway.port(), "GET /storage/v1/bucket", "X-Long: " + "x".repeat(100_000))
                        .status())
                .isIn(400, 431);
        assertThat(api.get("/bucket/" + bucket)).hasStatus(200);
    }

    @Test
    void oneConnectionServesManyRequestsOneAfterTheOther() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            for (int i = 0; i < 5; i++) {
                connection.request("POST " + target("many-" + i) + " HTTP/1.1", authorization(), "Content-Length: 3");
                connection.write(Bytes.of("abc"));
                assertThat(connection.answer()).hasStatus(201);
                connection.request("GET " + target("many-" + i) + " HTTP/1.1", authorization());
                assertThat(connection.answer()).hasStatus(200).hasBody(Bytes.of("abc"));
                connection.request("DELETE " + target("many-" + i) + " HTTP/1.1", authorization());
                assertThat(connection.answer()).hasStatus(204);
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
        api.upload(bucket, "a", Bytes.of("first")).expect(201);
        api.upload(bucket, "b", Bytes.of("second")).expect(201);
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request("GET " + target("a") + " HTTP/1.1", authorization());
            connection.request("GET " + target("b") + " HTTP/1.1", authorization());

            assertThat(connection.answer()).hasBody(Bytes.of("first"));
            assertThat(connection.answer()).hasBody(Bytes.of("second"));
        }
    }

    @Test
    void anEarlyRefusalOfALargeBodyReachesTheClient() throws IOException {
        for (int i = 0; i < 10; i++) {
            Answer answer = gateway.asUser(Names.user()).upload(bucket, "large", new byte[900_000]);
            assertThat(answer).isRefused(403, "AccessDenied");
        }
    }

    /** An answer is of use only while both sides agree where the request is; a broken chunk ends that. */
    private static void refusedOrCutOff(RawHttp connection) throws IOException {
        try {
            assertThat(connection.answer()).isRefused(400, "InvalidRequest");
        } catch (EOFException | SocketException cutOff) {
            return;
        }
        assertThat(connection.closedByServer()).as("closed after the answer").isTrue();
    }

    private String target(String path) {
        return "/storage/v1/object/" + bucket + "/" + path;
    }

    private String authorization() {
        return "Authorization: Bearer " + gateway.tokens().user(user);
    }
}
