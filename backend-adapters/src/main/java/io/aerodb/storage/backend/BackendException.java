package io.aerodb.storage.backend;

import org.jspecify.annotations.Nullable;

/**
 * Why a backend could not do what it was asked. Messages name blob keys, never paths, hosts or credentials, and are for
 * the log, not for clients.
 */
public abstract sealed class BackendException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private BackendException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** There is no such blob. */
    public static sealed class NotFound extends BackendException permits Displaced {
        private static final long serialVersionUID = 1L;

        public NotFound(BlobKey key) {
            this("no blob '%s'".formatted(key));
        }

        private NotFound(String message) {
            super(message, null);
        }
    }

    /** Something that is no blob has the name of one: its bytes are lost, but a person may know why. */
    public static final class Displaced extends NotFound {
        private static final long serialVersionUID = 1L;

        public Displaced(BlobKey key) {
            super("'%s' is no regular file".formatted(key));
        }
    }

    /** The blob has fewer bytes than were asked for: it is damaged. */
    public static final class Truncated extends BackendException {
        private static final long serialVersionUID = 1L;

        public Truncated(BlobKey key, long expectedEnd, long actualEnd) {
            super("blob '%s' ends at byte %d of %d".formatted(key, actualEnd, expectedEnd), null);
        }
    }

    /** The blob's bytes are not those that were stored. */
    public static final class Corrupt extends BackendException {
        private static final long serialVersionUID = 1L;

        /** @param actual their SHA-256, in lower-case hex */
        public Corrupt(BlobKey key, String expected, String actual) {
            super("blob '%s' has the SHA-256 %s instead of %s".formatted(key, actual, expected), null);
        }
    }

    /** The content was shorter or longer than its declared length. Nothing is stored. */
    public static final class LengthMismatch extends BackendException {
        private static final long serialVersionUID = 1L;

        private final long declared;
        private final long received;

        public LengthMismatch(long declared, long received) {
            super(
                    "declared %d bytes, received %s%d"
                            .formatted(declared, received > declared ? "at least " : "", received),
                    null);
            this.declared = declared;
            this.received = received;
        }

        public long declared() {
            return declared;
        }

        /** Bytes counted when the mismatch was noticed. */
        public long received() {
            return received;
        }
    }

    /** The blob exists already. Keys are never reused, so this is a defect of the caller. */
    public static final class AlreadyExists extends BackendException {
        private static final long serialVersionUID = 1L;

        public AlreadyExists(BlobKey key) {
            super("blob '%s' exists already".formatted(key), null);
        }
    }

    /** No room: the disk is full or below the free-space mark. Reads and deletes go on. */
    public static final class InsufficientStorage extends BackendException {
        private static final long serialVersionUID = 1L;

        public InsufficientStorage(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The backend can't answer now; the same call may succeed later. */
    public static final class Unavailable extends BackendException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The backend failed in a way that waiting does not mend: an I/O error, a missing permission, a foreign volume. */
    public static final class Failed extends BackendException {
        private static final long serialVersionUID = 1L;

        public Failed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
