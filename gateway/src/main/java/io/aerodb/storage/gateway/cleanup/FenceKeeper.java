package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.http.LogText;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * Looks at the volumes before the first request, and lets them have a new token then, and after the last: so what happened while this
 * gateway ran lies between two of them. What hangs is looked at later, and takes no uploads until then.
 */
final class FenceKeeper implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(FenceKeeper.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Fences fences;
    private volatile boolean running;

    FenceKeeper(Fences fences) {
        this.fences = fences;
    }

    @Override
    public void start() {
        renew(fences.turn(true)
                .repeatWhen(turns -> turns.takeWhile(n -> !fences.areJudged()).delayElements(PAUSE))
                .then());
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        renew(fences.turn(true));
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** While the lease of this instance is held, and around all that writes. */
    @Override
    public int getPhase() {
        return InstanceLease.PHASE + 1;
    }

    private static void renew(Mono<Void> turn) {
        try {
            turn.block(LIMIT);
        } catch (IllegalStateException slow) {
            log.warn("event=fence_slow reason={}", LogText.value(slow.toString()));
        }
    }
}
