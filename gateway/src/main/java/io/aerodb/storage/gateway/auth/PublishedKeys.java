package io.aerodb.storage.gateway.auth;

import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.LogText;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The keys that a provider publishes, beside others that never change. There is one fetch at a time, which all who ask
 * share and nobody cancels; the next begins {@code retry} after the last one began, at the earliest. A failed fetch
 * changes nothing.
 */
final class PublishedKeys implements KeySource {

    private static final Logger log = LoggerFactory.getLogger(PublishedKeys.class);

    private final List<VerificationKey> others;
    private final Mono<PublishedJwks> provider;
    private final Duration refresh;
    private final Duration retry;
    private final LongSupplier nanoTime;
    private final AtomicReference<@Nullable Fetch> last = new AtomicReference<>();
    private volatile @Nullable String published;
    private volatile KeySet current;

    /** @param staleAt when the next one is due; never fails */
    private record Fetch(long begunAt, Mono<Long> staleAt) {}

    /**
     * @param provider one fetch for each subscription
     * @param refresh from one fetch to the next, unless the provider wants it sooner
     * @param retry from one fetch to the next, at least
     */
    PublishedKeys(
            List<VerificationKey> others,
            Mono<PublishedJwks> provider,
            Duration refresh,
            Duration retry,
            LongSupplier nanoTime) {
        this.others = others;
        this.provider = provider;
        this.refresh = refresh;
        this.retry = retry;
        this.nanoTime = nanoTime;
        this.current = new KeySet(others);
    }

    @Override
    public KeySet current() {
        return current;
    }

    @Override
    public Mono<KeySet> newest() {
        return fetched().then(Mono.defer(this::known));
    }

    @Override
    public Mono<Void> keptFresh() {
        return fetched().flatMap(this::until).repeat().then();
    }

    private Mono<Long> until(long time) {
        return Mono.delay(Duration.ofNanos(Math.max(0, time - nanoTime.getAsLong())));
    }

    private Mono<KeySet> known() {
        return published != null
                ? Mono.just(current)
                : Mono.error(() -> ErrorCode.SERVICE_UNAVAILABLE
                        .because("The keys that tokens are verified with are not known yet")
                        .retryAfter(retry));
    }

    private Mono<Long> fetched() {
        return Mono.defer(() -> last.updateAndGet(this::unlessRecent).staleAt());
    }

    private Fetch unlessRecent(@Nullable Fetch before) {
        long now = nanoTime.getAsLong();
        return before != null && now - before.begunAt() < retry.toNanos() ? before : new Fetch(now, fetch().cache());
    }

    private Mono<Long> fetch() {
        return provider.map(this::taken)
                .onErrorResume(this::failed)
                .map(freshness -> nanoTime.getAsLong() + freshness.toNanos());
    }

    private Duration taken(PublishedJwks jwks) {
        if (!jwks.json().equals(published)) {
            List<VerificationKey> keys = Jwks.published(jwks.json());
            current = new KeySet(Stream.concat(others.stream(), keys.stream()).toList());
            published = jwks.json();
            log.info("event=jwks_changed keys={}", keys.size());
        }
        return jwks.freshness(retry, refresh);
    }

    private Mono<Duration> failed(Throwable failure) {
        log.warn(
                "event=jwks_not_fetched known={} reason={}",
                published != null,
                LogText.quoted(String.valueOf(failure.getMessage())));
        return Mono.just(retry);
    }
}
