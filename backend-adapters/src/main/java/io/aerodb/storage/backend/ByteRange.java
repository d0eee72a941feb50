package io.aerodb.storage.backend;

/**
 * Consecutive bytes of a blob of known size.
 *
 * @param offset first byte, counted from 0
 * @param length number of bytes, 0 for none
 */
public record ByteRange(long offset, long length) {

    public ByteRange {
        if (offset < 0 || length < 0 || offset + length < 0) {
            throw new IllegalArgumentException("not a byte range: offset %d, length %d".formatted(offset, length));
        }
    }

    /** All bytes of a blob of this size. */
    public static ByteRange whole(long size) {
        return new ByteRange(0, size);
    }

    /** One past the last byte. */
    public long end() {
        return offset + length;
    }
}
