package io.aerodb.storage.gateway.http;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A failure as the log may have it: its words, stack and causes, without what Reactor and Spring attach as suppressed
 * exceptions, one of which quotes the request's query string.
 */
final class WithoutCheckpoints extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private static final int MOST_CAUSES = 10;

    private final String name;

    private WithoutCheckpoints(Throwable original, @Nullable Throwable cause) {
        super(original.getMessage(), cause, false, true);
        name = original.toString();
        setStackTrace(original.getStackTrace());
    }

    static Throwable of(Throwable original) {
        return of(original, MOST_CAUSES);
    }

    private static Throwable of(Throwable original, int most) {
        Throwable cause = original.getCause();
        return new WithoutCheckpoints(original, cause == null || most == 0 ? null : of(cause, most - 1));
    }

    @Override
    public String toString() {
        return name;
    }
}
