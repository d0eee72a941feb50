package io.aerodb.storage.backend;

import java.util.HexFormat;
import java.util.Map;

/**
 * A blob that is complete and on stable storage.
 *
 * @param size bytes
 * @param digests lower-case hex by algorithm; SHA-256 is always there
 */
public record StoredBlob(BlobKey key, long size, Map<Digest, String> digests) {

    public StoredBlob {
        digests = Map.copyOf(digests);
        if (!digests.containsKey(Digest.SHA_256)) {
            throw new IllegalArgumentException("a stored blob has a SHA-256 digest");
        }
    }

    /** Lower-case hex of the SHA-256 of the bytes. */
    public String sha256() {
        return digests.getOrDefault(Digest.SHA_256, "");
    }

    /** The raw bytes of one digest; fails when it was not asked for. */
    public byte[] digest(Digest digest) {
        String hex = digests.get(digest);
        if (hex == null) {
            throw new IllegalArgumentException("%s was not computed".formatted(digest.algorithm()));
        }
        return HexFormat.of().parseHex(hex);
    }
}
