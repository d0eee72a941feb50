package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.gateway.wiring.Instance;
import io.aerodb.storage.metadata.BlobLedger;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tells the other gateways that this one lives, so that nobody sweeps what it is writing. The lease is taken before the
 * first request is served and given back after the last upload has ended.
 */
final class InstanceLease implements SmartLifecycle {

    /** Started before the fences, the jobs, the web server and the upload drain, stopped after them. */
    static final int PHASE = -3;

    private static final Logger log = LoggerFactory.getLogger(InstanceLease.class);
    /** While the others wait: so many may fail. */
    private static final int BEATS = 6;

    private static final Duration SHORTEST_ANSWER = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final BlobLedger ledger;
    private final Instance instance;
    private final Duration deadAfter;
    private final Duration beat;
    private final boolean alone;
    private volatile @Nullable Disposable beating;

    /**
     * @param deadAfter how long without a beat the others think that this gateway lives
     * @param alone whether nobody else can have a lease: the database is this gateway's own
     */
    InstanceLease(BlobLedger ledger, Instance instance, Duration deadAfter, boolean alone) {
        this.alone = alone;
        this.ledger = ledger;
        this.instance = instance;
        this.deadAfter = deadAfter;
        this.beat = deadAfter.dividedBy(BEATS);
    }

    /** How long an answer to one beat may take, so that those behind it are not late, too. */
    static Duration answerTimeout(Duration deadAfter) {
        Duration beat = deadAfter.dividedBy(BEATS);
        return beat.compareTo(SHORTEST_ANSWER) < 0 ? SHORTEST_ANSWER : beat;
    }

    @Override
    public void start() {
        beat().retry(BEATS)
                .then(Mono.defer(() -> alone ? ledger.endOthers(instance.id()) : Mono.empty()))
                .block(LIMIT);
        beating = Flux.interval(beat)
                .onBackpressureDrop()
                .concatMap(tick -> beat().onErrorResume(InstanceLease::missed), 0)
                .subscribe();
    }

    @Override
    public void stop() {
        if (beating != null) {
            beating.dispose();
            beating = null;
            ledger.end(instance.id()).onErrorResume(InstanceLease::missed).block(LIMIT);
        }
    }

    @Override
    public boolean isRunning() {
        return beating != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private Mono<Void> beat() {
        return ledger.beat(instance.id(), instance.build(), deadAfter);
    }

    private static Mono<Void> missed(Throwable failure) {
        log.warn("event=lease_not_renewed reason={}", LogText.value(failure.toString()));
        return Mono.empty();
    }
}
