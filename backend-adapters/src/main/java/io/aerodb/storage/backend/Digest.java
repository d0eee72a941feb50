package io.aerodb.storage.backend;

/** A digest a backend can compute over the bytes it stores, while it stores them. */
public enum Digest {
    SHA_256("SHA-256"),
    MD5("MD5");

    private final String algorithm;

    Digest(String algorithm) {
        this.algorithm = algorithm;
    }

    /** The name of the algorithm in the Java Security Standard Algorithm Names. */
    public String algorithm() {
        return algorithm;
    }
}
