package io.aerodb.storage.gateway.cleanup;

import java.util.Set;

/**
 * What a cleanup is to do.
 *
 * @param dryRun whether it only looks
 * @param backends that are compared with the ledger
 * @param collect whether garbage is swept and deleted too
 * @param go whether it goes on however much is missing or unknown, on the one backend that is meant
 * @param patient whether it waits for a comparison that is under way, or leaves it at that
 */
record CleanupOrder(boolean dryRun, Set<String> backends, boolean collect, boolean go, boolean patient) {

    CleanupOrder {
        if (dryRun && (collect || go)) {
            throw new IllegalArgumentException("a dry run changes nothing");
        }
        if (go && backends.size() != 1) {
            throw new IllegalArgumentException("go is said of one backend");
        }
    }

    /** As it is done from time to time. */
    static CleanupOrder scheduled(Set<String> backends) {
        return new CleanupOrder(false, backends, false, false, false);
    }

    static CleanupOrder dryRun(Set<String> backends) {
        return new CleanupOrder(true, backends, false, false, true);
    }
}
