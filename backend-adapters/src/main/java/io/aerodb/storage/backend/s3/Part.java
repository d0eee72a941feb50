package io.aerodb.storage.backend.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Subscriber;
import org.springframework.core.io.buffer.DataBuffer;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** The bytes of one part in heap, so that they can be sent again. */
final class Part {

    private final Blocks source;
    private final int number;
    private final long capacity;
    private final List<ByteBuffer> blocks = new ArrayList<>();
    private final AtomicInteger readings = new AtomicInteger();
    private long size;

    /**
     * @param number counted from 1
     * @param capacity bytes, those that were claimed
     */
    Part(Blocks source, int number, long capacity) {
        this.source = source;
        this.number = number;
        this.capacity = capacity;
    }

    int number() {
        return number;
    }

    long capacity() {
        return capacity;
    }

    boolean full() {
        return size == capacity;
    }

    /** Copies what fits into one block, at least a byte, moves the buffer's position behind it, and returns the copy. */
    ByteBuffer append(DataBuffer bytes) {
        ByteBuffer block = block();
        int start = block.position();
        int count = Math.min(block.remaining(), bytes.readableByteCount());
        bytes.toByteBuffer(bytes.readPosition(), block, start, count);
        bytes.readPosition(bytes.readPosition() + count);
        block.position(start + count);
        size += count;
        return block.duplicate().position(start).limit(start + count);
    }

    /** All of it; nothing may be appended any more. */
    AsyncRequestBody body() {
        if (blocks.isEmpty()) {
            return AsyncRequestBody.empty();
        }
        AsyncRequestBody bytes = AsyncRequestBody.fromByteBuffersUnsafe(
                blocks.stream().map(block -> block.duplicate().flip()).toArray(ByteBuffer[]::new));
        return new AsyncRequestBody() {
            @Override
            public Optional<Long> contentLength() {
                return Optional.of(size);
            }

            @Override
            public void subscribe(Subscriber<? super ByteBuffer> connection) {
                readings.incrementAndGet();
                bytes.subscribe(connection);
            }
        };
    }

    /** Its memory may be used again: it was sent, or is not going to be. Kept out of use if a first attempt may still be reading. */
    void recycle() {
        if (readings.get() <= 1) {
            source.giveBack(blocks);
        }
        blocks.clear();
    }

    private ByteBuffer block() {
        if (blocks.isEmpty() || !blocks.get(blocks.size() - 1).hasRemaining()) {
            blocks.add(source.take(capacity - size));
        }
        return blocks.get(blocks.size() - 1);
    }
}
