package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Descriptors;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Leftovers;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.RawHttp;
import io.aerodb.storage.harness.SharedGateway;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that go away in the middle of an upload leave nothing. */
class AbortedUploadsIT {

    private static final int SIZE = 3_000_000;

    private final Gateway gateway = SharedGateway.get();
    private final String user = Names.user();
    private final Api api = gateway.asUser(user);
    private final String bucket = api.newBucket("private");

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12})
    void abortsAtRandomBytesLeaveNoTrace(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            abortAfter(1 + random.nextInt(SIZE - 1), "file-" + i, random.nextBoolean());
        }
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
        assertThat(objects()).isZero();
        assertThat(gateway.output()).as("a client can't fill the log").doesNotContain("onUncaughtException");
    }

    @Test
    void anAbortedOverwriteKeepsTheOldContent() throws IOException {
        byte[] old = Bytes.of("the old content");
        api.upload(bucket, "file", old).expect(201);
        Random random = new Random(13);
        for (int i = 0; i < 20; i++) {
            abortAfter(1 + random.nextInt(SIZE - 1), "file", random.nextBoolean());
        }
        Leftovers.in(gateway, bucket).vanish();
        assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(old);
        assertThat(objects()).isEqualTo(1);
    }

    @Test
    void noDescriptorStaysOpen() throws IOException {
        abortAfter(100_000, "warm", true);
        Leftovers.in(gateway, bucket).vanishWithEveryBlob();
        Descriptors descriptors = Descriptors.of(gateway);
        long before = descriptors.count();
        Random random = new Random(14);
        for (int i = 0; i < 40; i++) {
            abortAfter(1 + random.nextInt(SIZE - 1), "file-" + i, random.nextBoolean());
        }
        await("descriptors").atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(descriptors.count())
                .isLessThanOrEqualTo(before + 20)); // connections to the database that were opened meanwhile
    }

    /** Sends the head and so many bytes of the body, then resets the connection. */
    private void abortAfter(int bytes, String path, boolean chunked) throws IOException {
        byte[] content = new byte[bytes];
        RawHttp connection = RawHttp.open(gateway.port());
        connection.request(
                "POST /storage/v1/object/" + bucket + "/" + path + " HTTP/1.1",
                "Authorization: Bearer " + gateway.tokens().user(user),
                chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + SIZE);
        if (chunked) {
            connection.chunk(content);
        } else {
            connection.write(content);
        }
        connection.abort();
    }

    private long objects() {
        return gateway.database()
                .count(
                        "SELECT count(*) FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id WHERE b.name = ?",
                        bucket);
    }
}
