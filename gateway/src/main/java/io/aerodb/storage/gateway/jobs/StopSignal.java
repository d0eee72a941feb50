package io.aerodb.storage.gateway.jobs;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Tells a job that it shall end: what is under way in few seconds, and nothing new. */
public final class StopSignal {

    private final Sinks.Empty<Void> signal = Sinks.empty();
    private volatile boolean told;

    public void tell() {
        told = true;
        signal.tryEmitEmpty();
    }

    public boolean isTold() {
        return told;
    }

    /** Completes then. */
    public Mono<Void> told() {
        return signal.asMono();
    }
}
