package io.aerodb.storage.backend;

import java.util.OptionalLong;
import java.util.Set;

/**
 * What is known of the content before its first byte.
 *
 * @param declaredLength bytes the sender announced; empty when unknown. Content that ends early or goes on fails the
 *     write with {@link BackendException.LengthMismatch}
 * @param digests digests to compute besides SHA-256, which is always computed
 */
public record WriteHints(OptionalLong declaredLength, Set<Digest> digests) {

    public static final WriteHints NONE = new WriteHints(OptionalLong.empty(), Set.of());

    public WriteHints {
        digests = Set.copyOf(digests);
    }
}
