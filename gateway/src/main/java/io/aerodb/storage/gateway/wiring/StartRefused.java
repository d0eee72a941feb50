package io.aerodb.storage.gateway.wiring;

import org.jspecify.annotations.Nullable;

/**
 * The gateway does not start, for a reason its operator can mend. The message is all he gets to see, on standard error and
 * without a stack trace: sentences that say what is wrong and what to do, free of secrets.
 */
public final class StartRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StartRefused(String sentences) {
        super(sentences);
    }

    public StartRefused(String sentences, @Nullable Throwable cause) {
        super(sentences, cause);
    }
}
