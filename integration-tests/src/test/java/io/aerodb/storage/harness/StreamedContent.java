package io.aerodb.storage.harness;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Content that is made while it is read, so that it may be larger than memory. Every block is another one: no two places of
 * it can be mistaken for each other.
 */
public final class StreamedContent extends InputStream {

    private static final int BLOCK = 64 * 1024;

    private final byte[] block;
    private final long size;
    private long position;

    public StreamedContent(long seed, long size) {
        this.block = Bytes.random(new Random(seed), BLOCK);
        this.size = size;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (position == size) {
            return -1;
        }
        int inBlock = (int) (position % BLOCK);
        if (inBlock == 0) {
            ByteBuffer.wrap(block).putLong(position); // a block begins with its place
        }
        int count = (int) Math.min(Math.min(length, BLOCK - inBlock), size - position);
        System.arraycopy(block, inBlock, target, offset, count);
        position += count;
        return count;
    }
}
