package io.aerodb.storage.gateway.object;

import java.time.Duration;
import java.time.Instant;

/**
 * What a right to read an object is good for.
 *
 * @param repeatable whether it may be used again: for a part of the object, or by an address that works more than once
 * @param until when it ends; {@link Instant#MAX} when it does not end by itself
 */
record ReadTerms(boolean repeatable, Instant until) {

    /** Of whoever has the right by who he is, or because everybody has it. */
    static final ReadTerms OPEN = new ReadTerms(true, Instant.MAX);

    /** How long the right can be handed on, from now: not longer than this, and than it lasts. */
    Duration handedOn(Duration most, Instant now) {
        return until.isBefore(now.plus(most)) ? Duration.between(now, until) : most;
    }
}
