package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Keeps the jobs from a volume that is not this database's: foreign, empty, or not mounted. */
public final class VolumeGuard {

    private final UUID installation;

    /** @param installation the identity of the database */
    public VolumeGuard(UUID installation) {
        this.installation = installation;
    }

    /**
     * Completes when the backend can be used and what stands in its place belongs to the database; else fails. One that is full
     * can be used: it is read and emptied.
     */
    public Mono<Void> check(StorageBackend backend) {
        return backend.check()
                .onErrorResume(BackendException.InsufficientStorage.class, full -> Mono.empty())
                .then(Mono.justOrEmpty(backend.ability(OwnedVolume.class)))
                .flatMap(OwnedVolume::owner)
                .filter(owner -> !owner.equals(installation))
                .flatMap(VolumeGuard::foreign);
    }

    private static Mono<Void> foreign(UUID owner) {
        return Mono.error(
                () -> new BackendException.Failed("the volume belongs to the installation %s".formatted(owner), null));
    }
}
