package io.aerodb.storage.backend;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A backend that keeps, beside its blobs, whose they are. */
public interface OwnedVolume {

    /**
     * What was left beside the blobs, by whomever.
     *
     * @param token what {@link #mark} left last; null when nobody ever did
     * @param disputed whether {@link #dispute} was called and not {@link #settle} after it
     */
    record Sign(@Nullable UUID token, boolean disputed) {}

    /**
     * The installation that the blobs belong to: this one for good, durably, when they belonged to none. Of several that ask at
     * once all get the same answer.
     */
    Mono<UUID> own(UUID installation);

    /** The installation that the blobs belong to; {@link BackendException.Failed} when that can't be read, or was never said. */
    Mono<UUID> owner();

    /** Also ends when the volume hangs: then it fails, as it does when the token can't be read. */
    Mono<Sign> sign();

    /** Leaves a token beside the blobs, durably and all at once, in the place of the one before. */
    Mono<Void> mark(UUID token);

    /** Leaves word, durably, that others use these blobs too, or a copy of them. */
    Mono<Void> dispute();

    /** Takes it back. */
    Mono<Void> settle();
}
