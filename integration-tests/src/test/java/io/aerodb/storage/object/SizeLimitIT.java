package io.aerodb.storage.object;

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
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SizeLimitIT {

    private static final int LIMIT = 100_000;
    private static final byte[] EXACT = Bytes.random(new Random(6), LIMIT);
    private static final byte[] MORE = Bytes.random(new Random(7), LIMIT + 1);

    /** A mebibyte that is drained, and what fits into the buffers of both sockets: 4 and 6 MiB by Linux' defaults. */
    private static final int MOST_ON_THE_WAY = 400;

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = Names.bucket("limited");

    @BeforeEach
    void limitedBucket() {
        api.createBucket("{\"name\": \"%s\", \"max_file_size\": %d}".formatted(bucket, LIMIT))
                .expect(201);
    }

    @Test
    void exactlyTheLimitFits() {
        assertThat(api.upload(bucket, "file", EXACT)).hasStatus(201);
        assertThat(api.uploadChunked(bucket, "chunked", EXACT)).hasStatus(201);
        assertThat(api.replace(bucket, "file", EXACT)).hasStatus(200);
    }

    @Test
    void oneByteMoreIsRefusedByItsDeclaredLength() {
        Answer answer = api.upload(bucket, "file", MORE);

        assertThat(answer).isRefused(413, "EntityTooLarge");
        assertThat(answer.field("error")).isEqualTo("Payload too large");
        assertThat(answer.json().path("limit").longValue()).isEqualTo(LIMIT);
        assertThat(answer.json().path("received").longValue()).isEqualTo(LIMIT + 1);
        assertThat(api.download(bucket, "file")).hasStatus(404);
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void oneByteMoreIsRefusedWhileCountingAChunkedBody() {
        Answer answer = api.uploadChunked(bucket, "file", MORE);

        assertThat(answer).isRefused(413, "EntityTooLarge");
        assertThat(answer.json().path("limit").longValue()).isEqualTo(LIMIT);
        assertThat(answer.json().path("received").longValue()).isGreaterThan(LIMIT);
        assertThat(api.download(bucket, "file")).hasStatus(404);
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void aRefusedOverwriteKeepsTheOldContent() {
        api.upload(bucket, "file", EXACT).expect(201);

        assertThat(api.replace(bucket, "file", MORE)).isRefused(413, "EntityTooLarge");
        assertThat(api.uploadChunked(bucket, "file", MORE)).isRefused(413, "EntityTooLarge");
        assertThat(api.download(bucket, "file")).hasBody(EXACT);
    }

    @Test
    void aClientThatAsksFirstIsNotAskedForTheBody() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request(
                    "POST /storage/v1/object/" + bucket + "/file HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().user(user),
                    "Content-Length: " + MORE.length,
                    "Expect: 100-continue");

            assertThat(connection.answer()).isRefused(413, "EntityTooLarge");
        }
    }

    @Test
    void anEndlessBodyIsCutOffSoonAfterTheLimit() throws IOException {
        byte[] chunk = new byte[64 * 1024];
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request(
                    "POST /storage/v1/object/" + bucket + "/file HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().user(user),
                    "Transfer-Encoding: chunked");
            int accepted = sendUntilRefused(connection, chunk, 2_000);

            assertThat(accepted).as("chunks of 64 KiB taken after the limit").isLessThan(MOST_ON_THE_WAY);
        }
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
    }

    @Test
    void theRestOfABodyThatWasRefusedIsNotReadForEver() throws IOException {
        try (RawHttp connection = RawHttp.open(gateway.port())) {
            connection.request(
                    "POST /storage/v1/object/" + bucket + "/file HTTP/1.1",
                    "Authorization: Bearer " + gateway.tokens().user(Names.user()),
                    "Transfer-Encoding: chunked");

            assertThat(sendUntilRefused(connection, new byte[64 * 1024], 2_000))
                    .as("chunks of 64 KiB taken after the refusal")
                    .isLessThan(MOST_ON_THE_WAY);
        }
    }

    @Test
    void aHugeDeclaredLengthIsOverTheGlobalLimitOfABucketWithoutOne() throws IOException {
        String unlimited = api.newBucket("private");
        Answer answer = RawHttp.ask(
                gateway.port(),
                "POST /storage/v1/object/" + unlimited + "/file",
                "Authorization: Bearer " + gateway.tokens().user(user),
                "Content-Length: 9000000000000000");

        assertThat(answer).isRefused(413, "EntityTooLarge");
    }

    private static int sendUntilRefused(RawHttp connection, byte[] chunk, int most) {
        for (int sent = 0; sent < most; sent++) {
            try {
                connection.chunk(chunk);
            } catch (IOException closed) {
                return sent;
            }
        }
        return most;
    }
}
