package io.aerodb.storage.database;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.ProductionGateway;
import io.aerodb.storage.harness.SharedGateway;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one gateway has acknowledged holds at once at every other one of the same database: nothing is remembered past its time. */
class ReadsAcrossGatewaysIT {

    private static final int ROUNDS = 100;
    private static final int CHANGES = 15;
    private static final int READERS = 3;

    private static ProductionGateway production;
    private static Gateway second;

    private final String user = Names.user();
    private final Api one = production.gateway().asUser(user);
    private final Api other = second.as(production.gateway().tokens().user(user));
    private final Api stranger = second.as(production.gateway().tokens().user(Names.user()));
    private final Api anybody = second.anonymously();

    @BeforeAll
    static void start() {
        production = SharedGateway.production();
        second = production.gateway().launch().elsewhere().start();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        second.stop(); // its files are the first one's, too
    }

    @Test
    void neverIsAnOlderVersionReadThanTheLastOneThatWasAcknowledged() throws Exception {
        String bucket = one.newBucket("private");
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        one.upload(bucket, "file", Bytes.of("0")).expect(201);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        try {
            Callable<Integer> reader = () -> readUntil(done, bucket, acknowledged);
            List<Future<Integer>> readers = IntStream.range(0, READERS)
                    .mapToObj(i -> threads.submit(reader))
                    .toList();
            for (int version = 1; version <= ROUNDS && readers.stream().noneMatch(Future::isDone); version++) {
                Api writer = version % 3 == 0 ? other : one;
                assertThat(writer.replace(bucket, "file", Bytes.of("" + version)))
                        .hasStatus(200);
                acknowledged.set(version);
                assertThat(other.download(bucket, "file").text()).isEqualTo("" + version);
            }
            done.set(true);
            for (Future<Integer> each : readers) {
                assertThat(each.get()).as("reads").isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private int readUntil(AtomicBoolean done, String bucket, AtomicInteger acknowledged) {
        int reads = 0;
        for (; !done.get(); reads++) {
            int least = acknowledged.get();
            assertThat(Integer.parseInt(
                            other.download(bucket, "file").expect(200).text()))
                    .isGreaterThanOrEqualTo(least);
        }
        return reads;
    }

    @Test
    void aPolicyHoldsFromItsAnswerOn() {
        String bucket = one.newBucket("public");
        one.upload(bucket, "file", Bytes.of("x")).expect(201);
        for (int i = 0; i < CHANGES; i++) {
            assertThat(anybody.get("/object/public/" + bucket + "/file")).hasStatus(200);
            assertThat(stranger.download(bucket, "file")).hasStatus(200);

            one.send("PATCH", "/bucket/" + bucket, Map.of("policy", "private")).expect(200);
            assertThat(anybody.get("/object/public/" + bucket + "/file")).hasStatus(404);
            assertThat(anybody.download(bucket, "file")).isUnauthorized();
            assertThat(stranger.download(bucket, "file")).hasStatus(403);

            one.send("PATCH", "/bucket/" + bucket, Map.of("policy", "public")).expect(200);
        }
    }

    @Test
    void anOperatorsPolicyHoldsFromItsCommitOn() {
        String bucket = one.newBucket("private");
        one.upload(bucket, "file", Bytes.of("x")).expect(201);
        String policy = Names.bucket("policy");
        for (int i = 0; i < CHANGES; i++) {
            assertThat(stranger.download(bucket, "file")).hasStatus(403);
            production.database().execute("""
                    CREATE POLICY "%s" ON storage.objects FOR SELECT TO authenticated USING (name = 'file')""".formatted(policy));
            assertThat(stranger.download(bucket, "file")).hasStatus(200);
            production.database().execute("DROP POLICY \"%s\" ON storage.objects".formatted(policy));
        }
    }

    @Test
    void whatIsGoneIsGoneAndALimitIsALimit() {
        String bucket = one.newBucket("private");
        for (int i = 0; i < CHANGES; i++) {
            one.upload(bucket, "file", Bytes.of("12345")).expect(201);
            String link = one.sign(bucket, "file").expect(200).field("signedURL");
            assertThat(other.download(bucket, "file")).hasStatus(200);
            assertThat(anybody.get(link)).hasStatus(200);

            one.remove(bucket, "file").expect(204);
            assertThat(other.download(bucket, "file")).hasStatus(404);
            assertThat(anybody.get(link)).hasStatus(404);

            one.send("PATCH", "/bucket/" + bucket, Map.of("max_file_size", 4)).expect(200);
            assertThat(other.upload(bucket, "file", Bytes.of("12345"))).hasStatus(413);
            one.send("PATCH", "/bucket/" + bucket, Map.of("max_file_size", 5)).expect(200);
        }
    }
}
