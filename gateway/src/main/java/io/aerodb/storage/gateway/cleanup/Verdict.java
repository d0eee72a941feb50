package io.aerodb.storage.gateway.cleanup;

import io.aerodb.storage.gateway.cleanup.FenceLook.Standing;
import io.aerodb.storage.gateway.http.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one gateway makes of its looks at a volume: whether it takes uploads, and what keeps it from cleaning up. It takes none before
 * its first good look, nor after so many bad ones in a row, which are counted, for a process that was stopped knows no time.
 */
final class Verdict {

    /** For the cache of a network file system, and for a token that comes late: two minutes. */
    static final int LOOKS = 6;

    private static final String UNREADABLE = "the volume's token can't be read";
    private static final Logger log = LoggerFactory.getLogger(Verdict.class);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofMinutes(1);

    private final String backend;
    private final CleanupMeters meters;
    private int late;
    private int failed;
    private boolean uploads;
    private @Nullable String objection;

    Verdict(String backend, CleanupMeters meters) {
        this.backend = backend;
        this.meters = meters;
    }

    /** One of the looks that are made from time to time. */
    synchronized void count(FenceLook look) {
        failed = 0;
        if (look.standing() == Standing.LATE) {
            late++;
        }
        take(look);
    }

    /** A look in between. */
    synchronized void take(FenceLook look) {
        switch (look.standing()) {
            case FINE -> {
                late = 0;
                tell(true, look.dispute().orElse(null));
            }
            case FOREIGN -> tell(false, FenceLook.USED);
            case LATE -> late();
        }
    }

    private void late() {
        boolean patient = uploads && late < LOOKS;
        tell(patient, patient ? objection : isStale() ? FenceLook.COPY : FenceLook.LATE);
    }

    /** A look that failed, for whatever reason. */
    synchronized void countFailure() {
        failed++;
        if (failed >= LOOKS && (uploads || objection == null)) {
            tell(false, UNREADABLE);
        }
    }

    /** Whether so many looks have found an old token that it is no matter of time. */
    synchronized boolean isStale() {
        return late >= LOOKS;
    }

    /** Whether there was a look that told something. */
    synchronized boolean isPassed() {
        return uploads || objection != null;
    }

    /** Why nothing is cleaned up, and whether uploads are refused. */
    synchronized Optional<String> objection() {
        return Optional.ofNullable(objection).map(reason -> uploads ? reason : reason + ", and takes no uploads");
    }

    /** @throws io.aerodb.storage.gateway.http.StorageError when no bytes may be written there */
    synchronized void admitUpload() {
        if (!uploads) {
            throw objection == null
                    ? ErrorCode.SERVICE_UNAVAILABLE.error().retryAfter(SOON)
                    : ErrorCode.SERVICE_UNAVAILABLE
                            .because("The storage of this bucket takes no uploads until its operator has looked at it")
                            .retryAfter(LATER);
        }
    }

    private void tell(boolean takesUploads, @Nullable String reason) {
        uploads = takesUploads;
        meters.fenced(backend, reason != null);
        if (reason != null && !reason.equals(objection)) {
            log.warn(
                    "event=cleanup_fenced backend={} uploads={} reason=\"{}\" action=\"nothing is cleaned up there until a person says go\"",
                    backend,
                    uploads,
                    reason);
        } else if (reason == null && objection != null) {
            log.info("event=cleanup_unfenced backend={}", backend);
        }
        objection = reason;
    }
}
