package io.aerodb.storage.metadata;

import org.jspecify.annotations.Nullable;

/** Why the database did not do what it was asked. The message is for the log; clients get the kind. */
public final class MetadataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final long limit;

    MetadataException(Kind kind, String message, @Nullable Throwable cause) {
        this(kind, message, cause, 0);
    }

    MetadataException(Kind kind, String message, @Nullable Throwable cause, long limit) {
        super(message, cause);
        this.kind = kind;
        this.limit = limit;
    }

    public Kind kind() {
        return kind;
    }

    /** Bytes the bucket allows; only for {@link Kind#SIZE}. */
    public long limit() {
        return limit;
    }

    /** What went wrong, as far as a caller can act on it. */
    public enum Kind {
        /** Row security says no. */
        DENIED,
        /** Only service_role chooses the backend of a bucket. */
        BACKEND_DENIED,
        /** Only service_role chooses what of a bucket is read past the gateway. */
        REDIRECTS_DENIED,
        /** A unique name is taken. */
        EXISTS,
        /** The object is not there in a version named. */
        PRECONDITION,
        /** Something still refers to the row: the bucket is not empty, or is gone. */
        REFERENCED,
        /** A value breaks a rule of its column: a name made too long, a character that text can't have. */
        INVALID,
        /** Larger than the bucket allows. */
        SIZE,
        /** Of a content type that the bucket does not allow. */
        TYPE,
        /** The blob was taken by a sweeper before its commit. */
        SWEPT,
        /** The link was revoked, or used as often as it may be. */
        LINK_SPENT,
        /** Transactions kept colliding; the same call may succeed later. */
        CONFLICT,
        /** Nothing took place: no connection could be had in time, or the server lacks resources or only reads just now. */
        UNAVAILABLE,
        /** The statement was cancelled by a time limit, its own or that of a lock, and rolled back. */
        TIMED_OUT,
        /** The statement was sent and its answer lost. */
        UNANSWERED,
        /** The database refused for a reason that is a defect of ours or of an operator's policy. */
        FAILED
    }
}
