package io.aerodb.storage.backend.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * The bytes of one part in heap, so that they can be sent again. In blocks, as they come: small enough that the collector
 * does not treat them as humongous.
 */
final class Part {

    private static final int BLOCK = 256 * 1024;

    private final int number;
    private final long capacity;
    private final List<ByteBuffer> blocks = new ArrayList<>();
    private long size;

    /**
     * @param number counted from 1
     * @param capacity bytes, those that were claimed
     */
    Part(int number, long capacity) {
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
        return blocks.isEmpty()
                ? AsyncRequestBody.empty()
                : AsyncRequestBody.fromByteBuffersUnsafe(
                        blocks.stream().map(block -> block.duplicate().flip()).toArray(ByteBuffer[]::new));
    }

    private ByteBuffer block() {
        if (blocks.isEmpty() || !blocks.get(blocks.size() - 1).hasRemaining()) {
            blocks.add(ByteBuffer.allocate((int) Math.min(BLOCK, capacity - size)));
        }
        return blocks.get(blocks.size() - 1);
    }
}
