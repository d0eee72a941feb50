package io.aerodb.storage.gateway.cleanup;

import java.util.Set;

/**
 * What a cleanup is to do.
 *
 * @param dryRun whether it only looks
 * @param backends that are compared with the ledger
 * @param collect whether garbage is swept and deleted too
 * @param go whether it goes on however much is missing or unknown
 * @param patient whether it waits for a comparison that is under way, or leaves it at that
 */
record CleanupOrder(boolean dryRun, Set<String> backends, boolean collect, boolean go, boolean patient) {}
