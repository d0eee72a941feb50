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

    private static final Logger log = LoggerFactory.getLogger(InstanceLease.class);
    private static final Duration BEAT = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final BlobLedger ledger;
    private final Instance instance;
    private volatile @Nullable Disposable beating;

    InstanceLease(BlobLedger ledger, Instance instance) {
        this.ledger = ledger;
        this.instance = instance;
    }

    @Override
    public void start() {
        beat().block(LIMIT);
        beating = Flux.interval(BEAT)
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

    /** Started before the web server and the upload drain, stopped after them. */
    @Override
    public int getPhase() {
        return -2;
    }

    private Mono<Void> beat() {
        return ledger.beat(instance.id(), instance.build());
    }

    private static Mono<Void> missed(Throwable failure) {
        log.warn("event=lease_not_renewed reason={}", LogText.value(failure.toString()));
        return Mono.empty();
    }
}
