package io.aerodb.storage.backend.s3.bench;

import java.util.Random;

/** What is uploaded. */
final class Noise {

    private static final int CHUNK = 128 * 1024;

    private Noise() {}

    static byte[] chunk() {
        byte[] chunk = new byte[CHUNK];
        new Random(1).nextBytes(chunk);
        return chunk;
    }
}
