package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.bytes;
import static io.aerodb.storage.backend.BackendFixture.newKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.backend.WriteHints;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

class S3SinkTest {

    private static final int PART = 5 << 20;
    private static final long MEMORY = 4L * PART;

    @AutoClose
    private final TestBucket bucket = S3ProxyServer.shared().newBucket();

    @AutoClose
    private final S3Clients clients = new S3Clients(bucket.settings());

    private final Blocks blocks = new Blocks(MEMORY);
    private final PartBudget budget = new PartBudget(MEMORY);

    @ParameterizedTest
    @ValueSource(ints = {PART, 2 * PART})
    void theMemoryOfWhatWasSentIsUsedAgain(int size) throws Exception {
        S3Sink sink = sink();
        Queue<DataBuffer> arrived =
                new ArrayDeque<>(List.of(DefaultDataBufferFactory.sharedInstance.wrap(bytes(size, 1))));
        sink.expect(size);
        sink.append(arrived);
        assertThat(arrived).isEmpty();

        sink.publish().get(20, TimeUnit.SECONDS);

        assertThat(sink.blob().size()).isEqualTo(size);
        await().untilAsserted(() -> assertThat(budget.taken()).isZero());
        assertThat(blocks.kept()).isEqualTo(size / Blocks.SIZE);
    }

    private S3Sink sink() {
        return new S3Sink(
                new S3Bucket(clients, bucket.name(), new S3Keys(""), true),
                blocks,
                budget,
                PartSizes.of(PART, MEMORY),
                S3Settings.Transfer.DEFAULTS,
                newKey(),
                new WriteHints(OptionalLong.empty(), Set.of()),
                () -> {});
    }
}
