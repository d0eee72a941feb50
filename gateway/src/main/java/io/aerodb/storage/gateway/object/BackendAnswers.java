package io.aerodb.storage.gateway.object;

import io.aerodb.storage.backend.BackendException;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import java.time.Duration;

/** What the backend says, in the words of HTTP. */
final class BackendAnswers {

    private static final Duration RETRY = Duration.ofSeconds(2);

    private BackendAnswers() {}

    static StorageError named(BackendException failure) {
        if (failure instanceof BackendException.InsufficientStorage) {
            return ErrorCode.INSUFFICIENT_STORAGE.error().causedBy(failure);
        }
        if (failure instanceof BackendException.LengthMismatch mismatch) {
            return ErrorCode.INCOMPLETE_BODY.because("The body has %d bytes where Content-Length says %d"
                    .formatted(mismatch.received(), mismatch.declared()));
        }
        if (failure instanceof BackendException.Corrupt) {
            return ErrorCode.CHECKSUM_MISMATCH.error().causedBy(failure);
        }
        return failure instanceof BackendException.Unavailable
                ? ErrorCode.SERVICE_UNAVAILABLE.error().retryAfter(RETRY).causedBy(failure)
                : ErrorCode.INTERNAL_ERROR.error().causedBy(failure);
    }
}
