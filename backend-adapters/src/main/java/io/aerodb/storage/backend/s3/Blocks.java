package io.aerodb.storage.backend.s3;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Blocks of heap for the parts of uploads, used again: new ones would have to be cleared, and moved by the collector while
 * they wait to be sent. Small enough that the collector does not treat them as humongous.
 */
final class Blocks {

    static final int SIZE = 256 * 1024;

    private final ConcurrentLinkedDeque<ByteBuffer> free = new ConcurrentLinkedDeque<>();
    private final AtomicInteger kept = new AtomicInteger();
    private final int most;

    /** @param memory bytes that are kept at most */
    Blocks(long memory) {
        this.most = (int) Math.min(Integer.MAX_VALUE, memory / SIZE);
    }

    /** An empty one of {@value #SIZE} bytes, or when less is wanted a smaller one that is not used again. */
    ByteBuffer take(long wanted) {
        if (wanted < SIZE) {
            return ByteBuffer.allocate((int) wanted);
        }
        ByteBuffer block = free.pollFirst();
        if (block == null) {
            return ByteBuffer.allocate(SIZE);
        }
        kept.decrementAndGet();
        return block.clear();
    }

    /** Blocks that are free and kept. */
    int kept() {
        return kept.get();
    }

    /** Nobody may read or write them any more. */
    void giveBack(Collection<ByteBuffer> blocks) {
        for (ByteBuffer block : blocks) {
            if (block.capacity() == SIZE && kept.get() < most) {
                kept.incrementAndGet();
                free.addFirst(block);
            }
        }
    }
}
