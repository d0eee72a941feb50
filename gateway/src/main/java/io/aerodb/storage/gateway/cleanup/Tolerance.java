package io.aerodb.storage.gateway.cleanup;

import java.util.Optional;

/**
 * How much may be missing or unknown in a backend before a person has to look: a restored or wrong database, or a volume that
 * lost its files, shows by it.
 *
 * @param share of the files that should be there
 * @param files that may be so whatever their share
 */
record Tolerance(double share, int files) {

    /** Why nothing may be changed, if so. */
    Optional<String> objection(Findings found) {
        return objection("missing", found.missing.get(), found.lookedUp.get())
                .or(() -> objection("unknown", found.unknown.get(), found.lookedUp.get()));
    }

    private Optional<String> objection(String what, long count, long of) {
        return count > files && count > share * of
                ? Optional.of("%d files are %s of %d that should be there: is it the right database?"
                        .formatted(count, what, of))
                : Optional.empty();
    }
}
