package io.aerodb.storage.gateway.object;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;

/**
 * Lets commits and compensations end before the database pools close: also those whose clients have left, which the web
 * server no longer counts.
 */
final class UploadDrain implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(UploadDrain.class);
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
                .doFinally(signal -> ended(callback))
                .subscribe();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the web server has stopped, and after phase 0, in which its event loops end and with them who still sends. */
    @Override
    public int getPhase() {
        return -1;
    }

    private void ended(Runnable callback) {
        if (uploads.open() > 0) {
            log.warn("event=uploads_left_to_sweeper count={}", uploads.open());
        }
        callback.run();
    }
}
