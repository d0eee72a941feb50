package io.aerodb.storage.gateway.observability;

import io.aerodb.storage.gateway.http.Connections;
import io.aerodb.storage.gateway.http.Failures;
import java.util.Locale;

/** How an upload or a download ended. So few, because each is a series of each bucket; the access log has the status codes. */
enum Outcome {
    SUCCESS,
    /** Refused for what the client asked or sent: 4xx. */
    CLIENT_ERROR,
    /** Failed by our own fault, or for want of something: 5xx. This is what an error rate counts. */
    SERVER_ERROR,
    /** The client left, or its connection broke, before the end. */
    ABORTED;

    static Outcome of(Throwable failure) {
        if (Connections.isGone(failure)) {
            return ABORTED;
        }
        return Failures.named(failure).code().status().is4xxClientError() ? CLIENT_ERROR : SERVER_ERROR;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
