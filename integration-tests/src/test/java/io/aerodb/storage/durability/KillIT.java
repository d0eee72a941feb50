package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kill -9} in the middle of uploads: what was acknowledged is there after the next start. The storm does more of it. */
@Tag("slow")
class KillIT {

    private static final int ROUNDS = 3;
    private static final int WRITERS = 4;

    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger names = new AtomicInteger();

    @Test
    void everyAcknowledgedObjectSurvives() throws Exception {
        String user = Names.user();
        try (Gateway gateway = Gateway.start()) {
            String bucket = gateway.asUser(user).newBucket("private");
            for (int round = 1; round <= ROUNDS; round++) {
                killDuringUploads(gateway, gateway.asUser(user), bucket, round);
                gateway.restart();
                everythingIsThere(gateway.asUser(user), bucket);
            }
            rowsAreTheAcknowledgedOnesOrLater(gateway, bucket);
        }
    }

    private void killDuringUploads(Gateway gateway, Api api, String bucket, int round) throws Exception {
        int enough = acknowledged.size() + 15 * round;
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        for (int writer = 0; writer < WRITERS; writer++) {
            Random random = new Random(100L * round + writer);
            writers.submit(() -> writeUntilRefused(api, bucket, random));
        }
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> acknowledged.size() >= enough);
        gateway.kill();
        writers.shutdown();
        assertThat(writers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    private void writeUntilRefused(Api api, String bucket, Random random) {
        while (true) {
            String path = "dir-" + random.nextInt(5) + "/file-" + names.incrementAndGet();
            byte[] content = Bytes.random(random, random.nextInt(600_000));
            try {
                Answer answer = api.upload(bucket, path, content);
                if (answer.status() == 201) {
                    acknowledged.put(path, Bytes.sha256(content));
                }
            } catch (UncheckedIOException killed) {
                return;
            }
        }
    }

    private void everythingIsThere(Api api, String bucket) {
        acknowledged.forEach((path, checksum) -> {
            Answer answer = api.download(bucket, path);
            assertThat(answer).hasStatus(200);
            assertThat(Bytes.sha256(answer.body())).as(path).isEqualTo(checksum);
        });
    }

    /** Each object has its bytes, also those whose acknowledgement was lost on the way. */
    private void rowsAreTheAcknowledgedOnesOrLater(Gateway gateway, String bucket) {
        gateway.database()
                .rows(
                        "SELECT o.name, o.checksum FROM storage.objects o JOIN storage.buckets b ON b.id = o.bucket_id WHERE b.name = ?",
                        bucket)
                .forEach(row -> {
                    Answer answer = gateway.asService().download(bucket, (String) row.get("name"));
                    assertThat(answer).hasStatus(200);
                    assertThat(Bytes.sha256(answer.body())).isEqualTo(row.get("checksum"));
                });
    }
}
