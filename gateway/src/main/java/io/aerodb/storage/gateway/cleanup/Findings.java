package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.cleanup.CleanupReport.Compared;
import io.aerodb.storage.gateway.cleanup.CleanupReport.Outcome;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The counts of one comparison while it goes on. */
final class Findings {

    final AtomicLong lookedUp = new AtomicLong();
    final AtomicLong listed = new AtomicLong();
    final AtomicLong unknown = new AtomicLong();
    final AtomicLong unfinished = new AtomicLong();
    final AtomicLong missing = new AtomicLong();
    final AtomicLong unreadable = new AtomicLong();
    final AtomicLong adopted = new AtomicLong();
    final AtomicLong removed = new AtomicLong();

    /** Of a backend where nothing was looked for. */
    static Compared fenced(String backend, String reason) {
        return new Findings().compared(backend, Outcome.STOPPED, reason);
    }

    /** Whole ones and those that were not finished. */
    long unknownFiles() {
        return unknown.get() + unfinished.get();
    }

    boolean isNone() {
        return unknown.get() == 0 && missing.get() == 0;
    }

    Compared compared(String backend, Outcome outcome, @Nullable String reason) {
        return new Compared(backend, outcome, reason, lookedUp.get(), listed.get(), counts());
    }

    private Counts counts() {
        return new Counts(
                unknown.get(), unfinished.get(), missing.get(), unreadable.get(), adopted.get(), removed.get());
    }
}
