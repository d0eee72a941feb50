package io.aerodb.storage.backend.s3;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The heap that the parts of all uploads may take. Who asks for more than is free waits, in the order of asking, so that a
 * large part is not overtaken for ever.
 */
final class PartBudget {

    private record Claim(long bytes, CompletableFuture<Void> granted) {}

    private final long bound;
    private final Queue<Claim> waiting = new ArrayDeque<>();
    private long taken;

    /** @param bound bytes */
    PartBudget(long bound) {
        this.bound = bound;
    }

    /**
     * Completes when the bytes are taken; the caller gives them back by {@link #release}. Fails, and takes nothing, with a
     * {@link TimeoutException} when there is no room in time, and when it is cancelled first.
     *
     * @param patience how long it waits
     */
    CompletableFuture<Void> claim(long bytes, Duration patience) {
        CompletableFuture<Void> granted = new CompletableFuture<>();
        synchronized (this) {
            waiting.add(new Claim(bytes, granted));
            grant();
        }
        if (!granted.isDone()) {
            granted.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((done, givenUp) -> passOn(givenUp));
        }
        return granted;
    }

    synchronized void release(long bytes) {
        taken -= bytes;
        grant();
    }

    /** Bytes that are taken now. */
    synchronized long taken() {
        return taken;
    }

    /** Who gave up may have stood before one that fits. */
    private synchronized void passOn(@Nullable Throwable givenUp) {
        if (givenUp != null) {
            grant();
        }
    }

    /** Takes first and tells then: who is told may release at once. */
    private void grant() {
        while (!waiting.isEmpty() && (waiting.peek().granted().isDone() || fits(waiting.peek()))) {
            Claim next = waiting.remove();
            taken += next.bytes();
            if (!next.granted().complete(null)) {
                taken -= next.bytes();
            }
        }
    }

    private boolean fits(Claim claim) {
        return taken + claim.bytes() <= bound;
    }
}
