package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.FenceRepository;
import io.aerodb.storage.metadata.FenceRepository.Fence;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps the jobs from a volume that another state of the database works on: a copy of it, or what it was before it was restored.
 * Database and volume share a token that changes while gateways run; a database that does not know the volume's token is not the
 * one that used the volume last, and does not know whose files are there.
 *
 * <p>The database has the new token first. It keeps the last few, for a gateway that writes the volume late.
 */
public final class Fences {

    static final String USED = "the volume has been used by another or a newer database";

    private static final Logger log = LoggerFactory.getLogger(Fences.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);

    private final VolumeGuard volumes;
    private final FenceRepository fences;
    private final StorageBackends backends;
    private final CleanupMeters meters;
    private final long patience;
    private final long started = System.nanoTime();
    private final Set<String> closed = ConcurrentHashMap.newKeySet();

    /** @param token of the volume, if it has one */
    private record State(Optional<UUID> token, Fence known) {

        boolean isForeign() {
            return token.isPresent() && !known.tokens().contains(token.get());
        }

        boolean isWritten() {
            return !known.isNone() && token.filter(known.newest()::equals).isPresent();
        }
    }

    /**
     * @param patience for which a gateway that has just started makes no new token, so that those that run make theirs first, and
     *     a copy that is started beside them is the one that is kept out
     */
    Fences(
            VolumeGuard volumes,
            FenceRepository fences,
            StorageBackends backends,
            CleanupMeters meters,
            Duration patience) {
        this.volumes = volumes;
        this.fences = fences;
        this.backends = backends;
        this.meters = meters;
        this.patience = patience.toNanos();
    }

    /** Why nothing is cleaned up in a backend, as of the last look. */
    public Optional<String> objection(String name) {
        return closed.contains(name) ? Optional.of(USED) : Optional.empty();
    }

    /** Completes when all is as it must be before anything of the backend is changed; else fails. */
    Mono<Void> check(String name, StorageBackend backend) {
        return volumes.check(backend)
                .then(Mono.defer(() -> isClosed(name, backend)))
                .flatMap(foreign -> foreign ? Mono.error(Fenced::new) : Mono.empty());
    }

    /** The backends that are closed now, or can't be looked at. */
    Mono<Set<String>> closed() {
        return Flux.fromIterable(backends.names())
                .filterWhen(name -> isClosed(name, backends.get(name)).onErrorReturn(true))
                .collect(Collectors.toSet());
    }

    Mono<Boolean> isClosed(String name, StorageBackend backend) {
        return volume(backend)
                .flatMap(volume -> state(name, volume))
                .map(State::isForeign)
                .defaultIfEmpty(false)
                .doOnNext(foreign -> note(name, foreign));
    }

    /** Makes new tokens where it is time to. Never fails. */
    Mono<Void> advance() {
        return Flux.fromIterable(backends.names()).flatMap(this::advanced).then();
    }

    /** From now on the volume is this database's, and no other's. */
    Mono<Void> accept(String name, StorageBackend backend) {
        return volume(backend)
                .flatMap(
                        volume -> fences.accept(name, UUID.randomUUID()).flatMap(fence -> written(name, volume, fence)))
                .then(Mono.defer(() -> isClosed(name, backend)))
                .then();
    }

    private Mono<Void> advanced(String name) {
        StorageBackend backend = backends.get(name);
        return volumes.check(backend)
                .then(volume(backend))
                .flatMap(volume -> state(name, volume)
                        .doOnNext(state -> note(name, state.isForeign()))
                        .flatMap(state -> advanced(name, volume, state)))
                .onErrorResume(failure -> notAdvanced(name, failure));
    }

    /** What another gateway was about to write on the volume, or could not, comes before anything new. */
    private Mono<Void> advanced(String name, OwnedVolume volume, State state) {
        if (state.isForeign()) {
            return Mono.empty();
        }
        Mono<Fence> next = state.known().isNone()
                ? fences.begin(name, UUID.randomUUID())
                : state.isWritten() ? renewed(name, state.known()) : Mono.just(state.known());
        return next.flatMap(fence -> written(name, volume, fence));
    }

    private Mono<Fence> renewed(String name, Fence last) {
        return System.nanoTime() - started < patience
                ? Mono.empty()
                : fences.advance(name, last, UUID.randomUUID(), PAUSE);
    }

    /** Looks after its token to the end, also when that comes after everybody has lost patience. */
    private Mono<Void> written(String name, OwnedVolume volume, Fence fence) {
        return Mono.fromFuture(() -> marked(name, volume, fence).toFuture(), true)
                .timeout(LONGEST_WRITE);
    }

    /**
     * A token that comes so late that the database has forgotten it would close the volume for good. One that the database never
     * had, because it was restored meanwhile, does so rightly.
     */
    private Mono<Void> marked(String name, OwnedVolume volume, Fence fence) {
        return volume.mark(fence.newest())
                .then(Mono.defer(() -> state(name, volume)))
                .filter(state -> state.token().filter(fence.newest()::equals).isPresent())
                .map(State::known)
                .filter(now -> now.hasForgotten(fence))
                .flatMap(now -> marked(name, volume, now));
    }

    /** The volume first: the database knows what is there before it is there. */
    private Mono<State> state(String name, OwnedVolume volume) {
        return volume.token().map(Optional::of).defaultIfEmpty(Optional.empty()).flatMap(token -> fences.find(name)
                .map(known -> new State(token, known)));
    }

    private static Mono<OwnedVolume> volume(StorageBackend backend) {
        return Mono.justOrEmpty(backend.ability(OwnedVolume.class));
    }

    private void note(String name, boolean foreign) {
        meters.fenced(name, foreign);
        if (foreign && closed.add(name)) {
            log.warn(
                    "event=cleanup_fenced backend={} reason=\"{}\" action=\"nothing is cleaned up there until a person says go\"",
                    name,
                    USED);
        } else if (!foreign && closed.remove(name)) {
            log.info("event=cleanup_unfenced backend={}", name);
        }
    }

    private static Mono<Void> notAdvanced(String name, Throwable failure) {
        log.warn("event=fence_not_advanced backend={} reason={}", name, LogText.value(failure.toString()));
        return Mono.empty();
    }

    /** Nothing may be changed in the backend. */
    static final class Fenced extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fenced() {
            super(USED, null, false, false);
        }
    }
}
