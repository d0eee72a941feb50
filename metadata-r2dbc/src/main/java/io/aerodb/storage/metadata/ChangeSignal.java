package io.aerodb.storage.metadata;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Tells that something was changed: from any thread, at once, and without a queue. */
public final class ChangeSignal implements Runnable {

    private final Sinks.Many<Boolean> changes =
            Sinks.unsafe().many().multicast().directBestEffort();

    @Override
    public synchronized void run() {
        changes.tryEmitNext(true);
    }

    /** The latest one, for who comes too late to hear each. */
    public Flux<Boolean> changes() {
        return changes.asFlux().onBackpressureLatest().publishOn(Schedulers.parallel(), 1);
    }
}
