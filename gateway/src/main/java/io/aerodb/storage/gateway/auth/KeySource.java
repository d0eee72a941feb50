package io.aerodb.storage.gateway.auth;

import java.util.List;

/**
 * Where verification keys come from. Each call gives the current set, an immutable snapshot; it never blocks, so a source
 * that fetches its keys does that beside and swaps the snapshot.
 */
interface KeySource {

    List<VerificationKey> current();

    /** Keys that never change. */
    static KeySource fixed(List<VerificationKey> keys) {
        List<VerificationKey> snapshot = List.copyOf(keys);
        return () -> snapshot;
    }
}
