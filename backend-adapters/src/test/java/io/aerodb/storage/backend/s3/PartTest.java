package io.aerodb.storage.backend.s3;

import static io.aerodb.storage.backend.BackendFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

class PartTest {

    private static final int TWO_BLOCKS = 2 * Blocks.SIZE;

    private final Blocks blocks = new Blocks(TWO_BLOCKS);

    @Test
    void whatIsAppendedIsSentAsOftenAsItIsAskedFor() {
        byte[] content = bytes(TWO_BLOCKS + 10, 1);
        Part part = filled(content);
        assertThat(part.full()).isTrue();
        assertThat(sent(part)).isEqualTo(content);
        assertThat(sent(part)).isEqualTo(content);
        assertThat(part.body().contentLength()).contains((long) content.length);
    }

    @Test
    void theMemoryOfAPartThatWasSentOnceIsUsedAgain() {
        Part part = filled(bytes(TWO_BLOCKS, 1));
        sent(part);
        part.recycle();
        assertThat(blocks.kept()).isEqualTo(2);

        byte[] next = bytes(TWO_BLOCKS - 1, 2);
        assertThat(sent(filled(next))).isEqualTo(next);
        assertThat(blocks.kept()).isEqualTo(1); // the last one is made to measure
    }

    @Test
    void theMemoryOfAPartThatIsNotSentIsUsedAgain() {
        filled(bytes(TWO_BLOCKS, 1)).recycle();
        assertThat(blocks.kept()).isEqualTo(2);
    }

    @Test
    void theMemoryOfAPartThatWasSentTwiceIsNotUsedAgainAsTheFirstAttemptMayStillReadIt() {
        Part part = filled(bytes(TWO_BLOCKS, 1));
        sent(part);
        sent(part);
        part.recycle();
        assertThat(blocks.kept()).isZero();
    }

    @Test
    void noMoreIsKeptThanTheBound() {
        Part one = filled(bytes(TWO_BLOCKS, 1));
        Part two = filled(bytes(TWO_BLOCKS, 2));
        one.recycle();
        two.recycle();
        assertThat(blocks.kept()).isEqualTo(2);
    }

    private Part filled(byte[] content) {
        Part part = new Part(blocks, 1, content.length);
        var buffer = DefaultDataBufferFactory.sharedInstance.wrap(content);
        while (buffer.readableByteCount() > 0) {
            part.append(buffer);
        }
        return part;
    }

    private static byte[] sent(Part part) {
        List<ByteBuffer> blocks = new ArrayList<>();
        Flux.from(part.body()).doOnNext(blocks::add).blockLast();
        ByteBuffer all = ByteBuffer.allocate(
                blocks.stream().mapToInt(ByteBuffer::remaining).sum());
        blocks.forEach(all::put);
        return all.array();
    }
}
