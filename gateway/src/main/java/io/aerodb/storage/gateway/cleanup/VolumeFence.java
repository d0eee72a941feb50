package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.backend.OwnedVolume;
import io.aerodb.storage.backend.StorageBackend;
import io.aerodb.storage.gateway.cleanup.FenceLook.Standing;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.FenceRepository;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The fence of one volume: what its token says, and how it gets a new one. The database has a token before the volume has it, so that
 * it knows whatever one of its gateways may have written, however late.
 */
final class VolumeFence {

    private static final Logger log = LoggerFactory.getLogger(VolumeFence.class);
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(10);
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);
    private static final Retry WHILE_WRITING =
            Retry.fixedDelay(50, Duration.ofMillis(100)).filter(Writing.class::isInstance);

    private final String name;
    private final StorageBackend backend;
    private final OwnedVolume volume;
    private final VolumeGuard guard;
    private final FenceRepository fences;
    private final Duration pause;
    private final Verdict verdict;
    private final AtomicBoolean writing = new AtomicBoolean();
    /** What this process saw on the volume, or wrote there, when nothing was newer. */
    private volatile @Nullable UUID newest;

    /** @param pause from one token to the next */
    VolumeFence(
            String name,
            StorageBackend backend,
            OwnedVolume volume,
            VolumeGuard guard,
            FenceRepository fences,
            Duration pause,
            Verdict verdict) {
        this.name = name;
        this.backend = backend;
        this.volume = volume;
        this.guard = guard;
        this.fences = fences;
        this.pause = pause;
        this.verdict = verdict;
    }

    Verdict verdict() {
        return verdict;
    }

    /** Why nothing may be cleaned up just now. */
    Mono<Optional<String>> objection() {
        return look().doOnNext(verdict::take).map(FenceLook::objection);
    }

    /**
     * What is done from time to time: looks, and then makes a new token, or tells the others that this is not their volume. Never
     * fails.
     *
     * @param forced whether it is time for a new one in any case
     */
    Mono<Void> turn(boolean forced) {
        return look().doOnNext(verdict::count)
                .doOnError(failure -> verdict.countFailure())
                .flatMap(look -> followed(look, forced))
                .onErrorResume(this::failed);
    }

    /** From now on the volume is this database's, and no other's. */
    Mono<Void> accept() {
        return guard.check(backend)
                .then(alone(this::accepted).retryWhen(WHILE_WRITING))
                .then(Mono.defer(this::look))
                .doOnNext(verdict::take)
                .then();
    }

    /** Whoever looks while the volume gets a new token may have seen the old one: once more. */
    private Mono<FenceLook> look() {
        return once().flatMap(first -> first.standing() == Standing.LATE ? once() : Mono.just(first));
    }

    /** The volume first: the database knows what is there before it is there. */
    private Mono<FenceLook> once() {
        return volume.sign()
                .timeout(LONGEST_LOOK)
                .flatMap(sign -> fences.find(name, sign.token()).map(known -> new FenceLook(sign, known)))
                .doOnNext(this::remember);
    }

    private void remember(FenceLook look) {
        if (look.standing() == Standing.FINE) {
            newest = look.sign().token();
        }
    }

    private Mono<Void> followed(FenceLook look, boolean forced) {
        return switch (look.standing()) {
            case FINE -> advanced(look.sign().token(), forced);
            case FOREIGN -> disputed(look, FenceLook.USED);
            case LATE -> verdict.isStale() ? disputed(look, FenceLook.COPY) : followedStray(look);
        };
    }

    /**
     * By a new one, where this process has seen the current one on the very volume: else it may be a copy. And only a token that no
     * volume was ever known to have, whose write was cut off and came late: another may be that of an older state.
     */
    private Mono<Void> followedStray(FenceLook look) {
        UUID seen = newest;
        boolean stray = look.sign().token() != null && !look.known().held();
        return stray && seen != null ? advanced(seen, true) : Mono.empty();
    }

    private Mono<Void> advanced(@Nullable UUID seen, boolean forced) {
        UUID token = UUID.randomUUID();
        return guard.check(backend)
                .then(alone(() -> fences.next(name, seen, token, pause, forced).flatMap(turn -> written(token, turn))))
                .onErrorComplete(Writing.class)
                .then();
    }

    private Mono<Boolean> accepted() {
        UUID token = UUID.randomUUID();
        return fences.accept(name, token)
                .flatMap(turn -> written(token, turn))
                .filter(Boolean::booleanValue)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("another gateway did the same at once")))
                .flatMap(
                        done -> volume.settle().then(fences.dispute(name, null)).thenReturn(done));
    }

    /** False when it came too late, because another gateway makes tokens now. */
    private Mono<Boolean> written(UUID token, long turn) {
        return volume.mark(token).then(fences.done(name, turn)).doOnNext(done -> {
            if (done) {
                newest = token;
            }
        });
    }

    /** Of what writes tokens one at a time, to its end, also when nobody waits for it any more. */
    private <T> Mono<T> alone(Supplier<Mono<T>> work) {
        return Mono.defer(() -> writing.compareAndSet(false, true)
                ? Mono.fromFuture(
                                work.get().doFinally(end -> writing.set(false)).toFuture(), true)
                        .timeout(LONGEST_WRITE)
                : Mono.error(Writing::new));
    }

    /** Those with this database by the database, those with another one by the volume. */
    private Mono<Void> disputed(FenceLook look, String reason) {
        Mono<Void> told = look.known().disputed() == null ? fences.dispute(name, reason) : Mono.empty();
        Mono<Void> marked = look.sign().disputed() ? Mono.empty() : volume.dispute();
        return Mono.whenDelayError(told, marked);
    }

    private Mono<Void> failed(Throwable failure) {
        log.warn("event=fence_failed backend={} reason={}", name, LogText.value(failure.toString()));
        return Mono.empty();
    }

    /** A token is being written just now. */
    private static final class Writing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Writing() {
            super("the volume's token is being written", null, false, false);
        }
    }
}
