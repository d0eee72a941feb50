package io.aerodb.storage.backend;

import java.util.UUID;
import reactor.core.publisher.Mono;

/** A backend that keeps, beside its blobs, whose they are. */
public interface OwnedVolume {

    /**
     * The installation that the blobs belong to: this one for good, durably, when they belonged to none. Of several that ask at
     * once all get the same answer.
     */
    Mono<UUID> own(UUID installation);

    /** The installation that the blobs belong to; {@link BackendException.Failed} when that can't be read, or was never said. */
    Mono<UUID> owner();

    /** What {@link #mark} left last, by whomever; empty when nobody ever did. */
    Mono<UUID> token();

    /** Leaves a token beside the blobs, durably and all at once, in the place of the one before. */
    Mono<Void> mark(UUID token);
}
