package io.aerodb.storage.gateway.auth;

import com.nimbusds.jose.JWSHeader;
import java.util.List;

/** Keys to verify tokens with, at one moment. What was verified with one set says nothing under another. */
record KeySet(List<VerificationKey> keys) {

    KeySet {
        keys = List.copyOf(keys);
    }

    /** Whether a key that signs tokens like this may have been published since: none of ours has its {@code kid}. */
    boolean mayLackKeyOf(JWSHeader header) {
        return Jwks.ALGORITHMS.containsValue(header.getAlgorithm())
                && keys.stream().noneMatch(key -> key.isNamedBy(header));
    }
}
