package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.http.Connections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;

/**
 * Failures that come when nobody waits for them any more. That a connection broke, be it a client's or the database's, is no
 * news then: whoever had it has been told otherwise, or has left. Everything else is a defect.
 */
public final class DroppedErrors {

    private static final Logger log = LoggerFactory.getLogger(DroppedErrors.class);

    private DroppedErrors() {}

    /** From now on, in this process. */
    public static void hear() {
        Hooks.onErrorDropped(DroppedErrors::dropped);
    }

    private static void dropped(Throwable failure) {
        if (isGone(failure)) {
            log.debug("event=error_dropped", failure);
        } else {
            log.error("event=error_dropped", failure);
        }
    }

    /** Some come wrapped, of those who do not listen for failures at all. */
    private static boolean isGone(Throwable failure) {
        Throwable cause = failure.getCause();
        return Connections.isGone(failure) || cause != null && Connections.isGone(cause);
    }
}
