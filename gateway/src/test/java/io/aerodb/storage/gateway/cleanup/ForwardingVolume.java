package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.ForwardingBackend;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Another backend and its volume, of which a test changes what it needs to. */
abstract class ForwardingVolume extends ForwardingBackend implements OwnedVolume {

    private final OwnedVolume volume;

    ForwardingVolume(StorageBackend backend, OwnedVolume volume) {
        super(backend);
        this.volume = volume;
    }

    @Override
    public Mono<UUID> own(UUID installation) {
        return volume.own(installation);
    }

    @Override
    public Mono<UUID> owner() {
        return volume.owner();
    }

    @Override
    public Mono<Sign> sign() {
        return volume.sign();
    }

    @Override
    public Mono<Void> mark(UUID token) {
        return volume.mark(token);
    }

    @Override
    public Mono<Void> dispute() {
        return volume.dispute();
    }

    @Override
    public Mono<Void> settle() {
        return volume.settle();
    }
}
