package io.aerodb.storage.gateway.object;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;

/**
 * Lets commits and compensations end before the database pools close: also those whose clients have left, which the web
 * server no longer counts.
 */
final class UploadDrain implements SmartLifecycle {

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final Uploads uploads;
    private volatile boolean running;

    UploadDrain(Uploads uploads) {
        this.uploads = uploads;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        Flux.interval(LOOK)
                .takeWhile(tick -> uploads.open() > 0)
                .take(LONGEST)
                .doFinally(signal -> callback.run())
                .subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Stops after the web server, which stops before every lifecycle of a lower phase. */
    @Override
    public int getPhase() {
        return 0;
    }
}
