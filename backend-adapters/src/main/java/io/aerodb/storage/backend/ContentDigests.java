package io.aerodb.storage.backend;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/** The digests of one content, fed in order: SHA-256 always, others when asked for. Not safe for concurrent use. */
public final class ContentDigests {

    private final Map<Digest, MessageDigest> digests = new EnumMap<>(Digest.class);

    public ContentDigests(Set<Digest> more) {
        digests.put(Digest.SHA_256, instance(Digest.SHA_256));
        more.forEach(digest -> digests.computeIfAbsent(digest, ContentDigests::instance));
    }

    /** Takes the remaining bytes of a buffer and leaves its position where it was. */
    public void update(ByteBuffer bytes) {
        int start = bytes.position();
        for (MessageDigest digest : digests.values()) {
            digest.update(bytes);
            bytes.position(start);
        }
    }

    /** Lower-case hex by algorithm. Starts anew afterwards. */
    public Map<Digest, String> hex() {
        Map<Digest, String> hex = new EnumMap<>(Digest.class);
        digests.forEach((digest, bytes) -> hex.put(digest, HexFormat.of().formatHex(bytes.digest())));
        return hex;
    }

    private static MessageDigest instance(Digest digest) {
        try {
            return MessageDigest.getInstance(digest.algorithm());
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has " + digest.algorithm(), missing);
        }
    }
}
