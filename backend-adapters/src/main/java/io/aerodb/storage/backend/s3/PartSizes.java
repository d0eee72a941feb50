package io.aerodb.storage.backend.s3;

import io.aerodb.storage.backend.BackendException;
import java.util.OptionalLong;

/**
 * How an object is cut into parts. S3 takes 10 000 parts of at least 5 MiB, the last one excepted. With a known length all
 * have one size; else they double after each {@value #STEP}, so that small objects take little memory and 5 TiB fit.
 *
 * @param first bytes of the first part
 * @param largest bytes of any part, as memory allows
 */
record PartSizes(long first, long largest) {

    static final int MOST_PARTS = 10_000;
    private static final int STEP = 250;
    private static final long MIB = 1 << 20;
    /** What S3 takes as one part: 5 GiB. */
    private static final long MOST_BYTES = 5L << 30;

    /**
     * @param partSize bytes of the smallest
     * @param memory bytes that all parts may take
     */
    static PartSizes of(long partSize, long memory) {
        return new PartSizes(partSize, Math.min(memory, MOST_BYTES));
    }

    /** For one object, of the length when it is known; fails when it can't be stored with so much memory. */
    PartSizes forLength(OptionalLong length) {
        if (length.isEmpty()) {
            return this;
        }
        long even = (length.getAsLong() + MOST_PARTS - 1) / MOST_PARTS;
        long size = Math.max(first, (even + MIB - 1) / MIB * MIB);
        if (size > largest) {
            throw new BackendException.InsufficientStorage(
                    "%d bytes need parts of %d bytes, and memory allows %d"
                            .formatted(length.getAsLong(), size, largest),
                    null);
        }
        return new PartSizes(size, size);
    }

    /** Bytes of the part with this number, counted from 1. */
    long size(int number) {
        if (number > MOST_PARTS) {
            throw new BackendException.InsufficientStorage(
                    "%d parts of up to %d bytes are full; more memory makes larger ones".formatted(MOST_PARTS, largest),
                    null);
        }
        int doublings = Math.min(20, (number - 1) / STEP);
        return Math.min(largest, first << doublings);
    }
}
