package io.aerodb.storage.backend.local;

import io.aerodb.storage.backend.BackendException;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;

/** What the file system says, in the words of the port. */
final class Failures {

    private Failures() {}

    /**
     * The failure of a step.
     *
     * @param step what failed, without paths
     */
    static BackendException translated(String step, Throwable failure) {
        if (failure instanceof BackendException known) {
            return known;
        }
        if (says(failure, "No space left on device") || says(failure, "Disk quota exceeded")) {
            return new BackendException.InsufficientStorage(step + ": the volume is full", failure);
        }
        if (says(failure, "Too many open files")) {
            return new BackendException.Unavailable(step + ": too many open files", failure);
        }
        if (says(failure, "Read-only file system")) { // also what a kernel makes of a failing disk
            return new BackendException.Unavailable(step + ": the volume is read-only", failure);
        }
        if (failure instanceof OutOfMemoryError) {
            return new BackendException.Unavailable(step + ": no buffer memory", failure);
        }
        return new BackendException.Failed(step + ": " + reason(failure), failure);
    }

    private static boolean says(Throwable failure, String text) {
        String message = failure.getMessage();
        return message != null && message.contains(text);
    }

    /** Never the message: that of a file system exception begins with a path. */
    static String reason(Throwable failure) {
        @Nullable String reason = failure instanceof FileSystemException said ? said.getReason() : null;
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
