package io.aerodb.storage.durability;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who reads while others overwrite sees one version whole, with the headers of that version. */
class OverwriteReadersIT {

    private static final int READERS = 4;
    private static final int OVERWRITES = 80;

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");
    private final AtomicBoolean done = new AtomicBoolean();
    private final Map<String, String> checksums = new ConcurrentHashMap<>();

    @Test
    void readersSeeTheOldVersionOrTheNewOneAndNeverAnError() throws Exception {
        Random random = new Random(8);
        write(random);
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<Integer>> reading = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                reading.add(readers.submit(this::readUntilDone));
            }
            for (int i = 0; i < OVERWRITES && reading.stream().noneMatch(Future::isDone); i++) {
                write(random);
            }
            done.set(true);
            for (Future<Integer> reader : reading) {
                assertThat(reader.get()).as("reads of one reader").isPositive();
            }
        } finally {
            readers.shutdownNow();
        }
    }

    private void write(Random random) {
        byte[] content = selfDescribing(random);
        Answer answer = api.replace(bucket, "file", content, "Content-Type", "application/x-" + content.length);
        assertThat(answer).hasStatus(200);
        checksums.put(answer.field("etag"), answer.field("checksum"));
    }

    private int readUntilDone() {
        int reads = 0;
        for (; !done.get(); reads++) {
            whole(api.download(bucket, "file"));
            assertThat(api.head(bucket, "file")).hasStatus(200);
        }
        return reads;
    }

    private void whole(Answer answer) {
        assertThat(answer).hasStatus(200);
        byte[] content = answer.body();
        byte[] payload = Arrays.copyOfRange(content, 32, content.length);
        assertThat(Arrays.copyOf(content, 32)).as("a body of one piece").isEqualTo(Bytes.digest("SHA-256", payload));
        assertThat(answer).hasHeader("Content-Type", "application/x-" + content.length);
        String known = checksums.get(answer.header("ETag").orElseThrow());
        if (known != null) {
            assertThat(Bytes.sha256(content)).as("the version of the ETag").isEqualTo(known);
        }
    }

    /** The first 32 bytes are the digest of the others. */
    private static byte[] selfDescribing(Random random) {
        byte[] payload = Bytes.random(random, 1 + random.nextInt(700_000));
        return ByteBuffer.allocate(payload.length + 32)
                .put(Bytes.digest("SHA-256", payload))
                .put(payload)
                .array();
    }
}
