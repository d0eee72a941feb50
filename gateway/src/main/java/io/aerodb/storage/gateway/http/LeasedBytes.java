package io.aerodb.storage.gateway.http;

import java.util.Arrays;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;

/**
 * Bytes that are collected in heap, at the cost of a {@link BodyBudget}: it pays for the room, filled or not. Not for two
 * threads at once.
 */
public final class LeasedBytes {

    private static final int LEAST = 256;

    private final BodyBudget.Lease lease;
    private final int most;
    private byte[] bytes = new byte[0];
    private int count;

    /** @param most bytes that are expected at most; with them the room does not grow beyond what is needed */
    public LeasedBytes(BodyBudget.Lease lease, int most) {
        this.lease = lease;
        this.most = most;
    }

    /**
     * Copies the buffer and releases it, whatever happens.
     *
     * @throws StorageError ServiceUnavailable when the budget is spent
     */
    public void append(DataBuffer buffer) {
        try {
            int length = buffer.readableByteCount();
            makeRoomFor(length);
            buffer.read(bytes, count, length);
            count += length;
        } finally {
            DataBufferUtils.release(buffer);
        }
    }

    /** @throws StorageError ServiceUnavailable when the budget is spent */
    public void append(byte next) {
        makeRoomFor(1);
        bytes[count++] = next;
    }

    public int size() {
        return count;
    }

    /** Begins anew, in the same room. */
    public void clear() {
        count = 0;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, count);
    }

    private void makeRoomFor(int more) {
        int needed = Math.addExact(count, more);
        if (needed > bytes.length) {
            int room = Math.max(needed, Math.min(powerOfTwo(needed), most));
            lease.take(room - bytes.length);
            bytes = Arrays.copyOf(bytes, room);
        }
    }

    /** The next one: room is at most doubled, and a small body pays for nothing, however it is cut. */
    private static int powerOfTwo(int needed) {
        return Math.max(LEAST, Integer.highestOneBit(needed - 1) << 1);
    }
}
