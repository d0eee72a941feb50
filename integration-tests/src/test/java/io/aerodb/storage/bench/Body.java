package io.aerodb.storage.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Random;

/**
 * What a request sends: this content, over and over, up to so many bytes.
 *
 * @param bytes -1 for a request without a body
 */
record Body(ByteBuffer content, long bytes) implements Iterable<ByteBuffer> {

    static final Body NONE = new Body(ByteBuffer.allocate(0), -1);

    private static final ByteBuffer RANDOM = random();

    static Body ofSize(long bytes) {
        return new Body(RANDOM, bytes);
    }

    static Body of(String text) {
        ByteBuffer content = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        return new Body(content, content.remaining());
    }

    /** Piece by piece, without a copy. */
    @Override
    public Iterator<ByteBuffer> iterator() {
        return new Iterator<>() {
            private long left = bytes;

            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public ByteBuffer next() {
                ByteBuffer piece = content.duplicate().limit((int) Math.min(content.capacity(), left));
                left -= piece.remaining();
                return piece;
            }
        };
    }

    private static ByteBuffer random() {
        byte[] random = new byte[1 << 20];
        new Random(1).nextBytes(random);
        return ByteBuffer.allocateDirect(random.length).put(random).flip().asReadOnlyBuffer();
    }
}
