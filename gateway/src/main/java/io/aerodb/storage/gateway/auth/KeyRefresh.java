package io.aerodb.storage.gateway.auth;

import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;

/** Keeps the keys fresh while the gateway runs; the first fetch begins before the first request is served. */
final class KeyRefresh implements SmartLifecycle {

    private final KeySource keys;
    private @Nullable Disposable refreshing;

    KeyRefresh(KeySource keys) {
        this.keys = keys;
    }

    @Override
    public void start() {
        refreshing = keys.keptFresh().subscribe();
    }

    @Override
    public void stop() {
        if (refreshing != null) {
            refreshing.dispose();
            refreshing = null;
        }
    }

    @Override
    public boolean isRunning() {
        return refreshing != null;
    }

    /** Started before the web server, stopped before the event loops end in phase 0. */
    @Override
    public int getPhase() {
        return 1;
    }
}
