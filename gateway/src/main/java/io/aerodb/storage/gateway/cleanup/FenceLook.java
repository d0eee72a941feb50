package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.OwnedVolume.Sign;
import io.aerodb.storage.metadata.FenceRepository.Fence;
import java.util.Optional;

/**
 * What a volume and a database say of each other.
 *
 * @param known of the volume's token
 */
record FenceLook(Sign sign, Fence known) {

    static final String USED = "the volume has been used by another or a newer database";
    static final String COPY = "the volume is a copy of the one that other gateways of this database use";
    static final String LATE = "the volume does not have the newest token";
    static final String SHARED = "a gateway of another database, or of another state of this one, uses the volume too";
    static final String FOUND = "a gateway has found that ";

    enum Standing {
        /** The volume has the token that this database's gateways gave it last, or are about to. */
        FINE,
        /** It had that once, or shows none: it is looked at too late, or is a copy of the one that the others use. */
        LATE,
        /** It has one of another database. */
        FOREIGN
    }

    Standing standing() {
        if (sign.token() == null) {
            return known.current() == 0 ? Standing.FINE : Standing.LATE;
        }
        Long turn = known.turn();
        if (turn == null) {
            return Standing.FOREIGN;
        }
        return turn >= known.current() ? Standing.FINE : Standing.LATE;
    }

    /** Why nothing may be cleaned up. */
    Optional<String> objection() {
        return switch (standing()) {
            case FOREIGN -> Optional.of(USED);
            case LATE -> Optional.of(LATE);
            case FINE -> dispute();
        };
    }

    /** What others say of it. */
    Optional<String> dispute() {
        return sign.disputed()
                ? Optional.of(SHARED)
                : Optional.ofNullable(known.disputed()).map(FOUND::concat);
    }
}
