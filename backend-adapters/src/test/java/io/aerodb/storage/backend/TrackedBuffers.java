package io.aerodb.storage.backend;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/**
 * Direct Netty buffers, counted: how many were made, and how many bytes are held by somebody now. One instance serves a
 * test as the source of content, and a backend under test as the allocator of what it reads.
 */
public final class TrackedBuffers {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final NettyDataBufferFactory factory = new NettyDataBufferFactory(allocator);
    private final AtomicInteger made = new AtomicInteger();

    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** A new buffer with a copy of a part of these bytes. */
    public DataBuffer copy(byte[] bytes, int offset, int length) {
        made.incrementAndGet();
        return factory.wrap(allocator.directBuffer(Math.max(1, length)).writeBytes(bytes, offset, length));
    }

    /** These bytes in buffers of this size, each made when it is asked for. */
    public Flux<DataBuffer> content(byte[] bytes, int bufferSize) {
        return Flux.generate(() -> 0, (offset, sink) -> next(bytes, offset, bufferSize, sink));
    }

    private int next(byte[] bytes, int offset, int bufferSize, SynchronousSink<DataBuffer> sink) {
        int length = Math.min(bufferSize, bytes.length - offset);
        if (length == 0) {
            sink.complete();
        } else {
            sink.next(copy(bytes, offset, length));
        }
        return offset + length;
    }

    /** Buffers made here so far. */
    public int made() {
        return made.get();
    }

    /** Bytes in buffers that are not released, by whomever. */
    public long held() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }

    /** Waits for the last buffer to be released, and fails when it is not. */
    public void assertAllReleased() {
        BackendFixture.eventually("every buffer is released").until(() -> held() == 0);
    }
}
