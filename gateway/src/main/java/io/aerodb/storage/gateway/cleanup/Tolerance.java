package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.metadata.OrphanRepository.Kind;
import java.util.Optional;

/**
 * How much may be missing or unknown in a backend before a person has to look: a restored or wrong database, or a volume that
 * lost its files, shows by it.
 *
 * @param share of the files that should be there
 * @param files that may be so whatever their share
 * @param mostMissing that may be missing whatever their share: it is objects that they cost
 */
record Tolerance(double share, int files, int mostMissing) {

    /** Why nothing may be changed, if so. */
    Optional<String> objection(Findings found) {
        return objection("missing", found.missing.get(), found.lookedUp.get(), mostMissing)
                .or(() -> objection("unknown", found.unknown.get(), found.lookedUp.get(), Long.MAX_VALUE));
    }

    /** Whether something may become of files of this kind still, as far as it is known. */
    boolean allowsMore(Kind kind, Findings found) {
        return kind == Kind.MISSING
                ? found.missing.get() <= mostMissing
                : objection(found).isEmpty();
    }

    private Optional<String> objection(String what, long count, long of, long most) {
        return count > most || count > files && count > share * of
                ? Optional.of("%d files are %s of %d that should be there: is it the right database?"
                        .formatted(count, what, of))
                : Optional.empty();
    }
}
