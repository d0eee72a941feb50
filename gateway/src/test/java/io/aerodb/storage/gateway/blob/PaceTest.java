package io.aerodb.storage.gateway.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.BlobKey;
import io.aerodb.storage.backend.MemoryStorageBackend;
import io.aerodb.storage.backend.WriteHints;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PaceTest {

    private static final BlobKey KEY = new BlobKey("b/00/00000000-0000-4000-8000-000000000000~x");

    private final MemoryStorageBackend source = new MemoryStorageBackend();

    @Test
    void readsAllBytesInTheirOrderPieceByPiece() {
        byte[] content = stored(200_001);
        assertThat(read(new Pace(100_000_000), content.length).block()).isEqualTo(content);
        assertThat(read(new Pace(65_536 * 8), content.length).block()).isEqualTo(content);
        assertThat(read(new Pace(0), content.length).block()).isEqualTo(content);
    }

    @Test
    void anEmptyBlobHasNoBytes() {
        stored(0);
        assertThat(read(new Pace(1), 0).block()).isEmpty();
    }

    @Test
    void twoReadersTogetherAreNoFasterThanTheLimit() {
        byte[] content = stored(65_536 * 4);
        Pace pace = new Pace(65_536 * 16);

        Duration took = Mono.zip(read(pace, content.length), read(pace, content.length))
                .elapsed()
                .map(timed -> Duration.ofMillis(timed.getT1()))
                .block();

        assertThat(took)
                .as("eight pieces at sixteen a second, of which the first does not wait")
                .isGreaterThan(Duration.ofMillis(200));
    }

    @Test
    void aSmallBlobCountsForTheLeast() {
        byte[] content = stored(1);
        Pace pace = new Pace(65_536 * 16, 65_536);

        Duration took = Flux.range(0, 4)
                .concatMap(time -> read(pace, content.length))
                .then(Mono.just(true))
                .elapsed()
                .map(timed -> Duration.ofMillis(timed.getT1()))
                .block();

        assertThat(took)
                .as("four at sixteen a second, of which the first does not wait")
                .isGreaterThan(Duration.ofMillis(100));
    }

    @Test
    void aReaderThatLeavesDoesNotWaitForItsTurn() {
        byte[] content = stored(65_536 * 4);
        Flux<DataBuffer> slow = new Pace(1000).read(source, KEY, content.length).doOnNext(DataBufferUtils::release);
        StepVerifier.create(slow).expectNextCount(1).thenCancel().verify(Duration.ofSeconds(10));
    }

    @Test
    void aMissingBlobFails() {
        StepVerifier.create(new Pace(0).read(source, KEY, 5)).verifyError(BackendException.NotFound.class);
    }

    private byte[] stored(int size) {
        byte[] content = new byte[size];
        new Random(1).nextBytes(content);
        source.write(KEY, Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(content)), WriteHints.NONE)
                .block();
        return content;
    }

    private Mono<byte[]> read(Pace pace, long size) {
        return DataBufferUtils.join(pace.read(source, KEY, size))
                .map(PaceTest::bytes)
                .defaultIfEmpty(new byte[0]);
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }
}
