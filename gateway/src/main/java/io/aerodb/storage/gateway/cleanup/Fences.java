package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.metadata.FenceRepository;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps gateways from a volume that is not the one that their database's gateways use, or that another state of the database works on:
 * a copy of it, or what it was before it was restored. Database and volume share a token that changes while gateways run
 * (docs/decisions/0036). Who finds another one takes no uploads and tells the others; who is told cleans up nothing.
 */
public final class Fences {

    /** After which each gateway has found out what it can, and told it: what nobody ordered waits for so long. */
    static final Duration SURE = Duration.ofMinutes(5);

    private final VolumeGuard guard;
    private final Map<String, VolumeFence> fences = new TreeMap<>();

    /** @param pause from one token to the next */
    Fences(
            VolumeGuard guard,
            FenceRepository repository,
            StorageBackends backends,
            CleanupMeters meters,
            Duration pause) {
        this.guard = guard;
        backends.byName().forEach((name, backend) -> backend.ability(OwnedVolume.class)
                .ifPresent(volume -> fences.put(
                        name,
                        new VolumeFence(name, backend, volume, guard, repository, pause, new Verdict(name, meters)))));
    }

    /** Why nothing is cleaned up in a backend, as of the last look. */
    public Optional<String> objection(String name) {
        return fence(name).map(VolumeFence::verdict).flatMap(Verdict::objection);
    }

    /** @throws io.aerodb.storage.gateway.http.StorageError when nothing may be written to the backend, as of the last look */
    public void admitUpload(String name) {
        fence(name).map(VolumeFence::verdict).ifPresent(Verdict::admitUpload);
    }

    /** Completes when all is as it must be before anything of the backend is changed; else fails. */
    Mono<Void> check(String name, StorageBackend backend) {
        return guard.check(backend).then(Mono.defer(() -> closed(name))).flatMap(reason -> reason.map(Fenced::new)
                .map(Mono::<Void>error)
                .orElse(Mono.empty()));
    }

    /** The backends that are closed now, or can't be looked at. */
    Mono<Set<String>> closed() {
        return Flux.fromIterable(fences.keySet())
                .filterWhen(name -> closed(name).map(Optional::isPresent).onErrorReturn(true))
                .collect(Collectors.toSet());
    }

    /** Why nothing may be cleaned up in a backend now. */
    Mono<Optional<String>> closed(String name) {
        return fence(name).map(VolumeFence::objection).orElse(Mono.just(Optional.empty()));
    }

    /** Looks at all, makes new tokens where it is time to, and tells the others what is wrong. Never fails. */
    Mono<Void> turn(boolean forced) {
        return Flux.fromIterable(fences.values())
                .flatMap(fence -> fence.turn(forced))
                .then();
    }

    /** Whether each was looked at, successfully. */
    boolean areJudged() {
        return fences.values().stream().map(VolumeFence::verdict).allMatch(Verdict::isPassed);
    }

    /** From now on the volume is this database's, and no other's. */
    Mono<Void> accept(String name) {
        return fence(name).map(VolumeFence::accept).orElse(Mono.empty());
    }

    private Optional<VolumeFence> fence(String name) {
        return Optional.ofNullable(fences.get(name));
    }

    /** Nothing may be changed in the backend. */
    static final class Fenced extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fenced(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }
}
