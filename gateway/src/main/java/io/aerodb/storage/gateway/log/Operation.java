package io.aerodb.storage.gateway.log;

import java.util.Locale;

/** What callers can ask for; the route tables say which route is which. There are no other names in logs and spans. */
public enum Operation {
    UPLOAD(Kind.WRITE),
    DOWNLOAD(Kind.READ),
    INFO(Kind.READ),
    LIST(Kind.READ),
    DELETE(Kind.WRITE),
    DELETE_MANY(Kind.WRITE),
    DELETE_PREFIX(Kind.WRITE),
    COPY(Kind.WRITE),
    MOVE(Kind.WRITE),
    MOVE_PREFIX(Kind.WRITE),
    SIGN_DOWNLOAD(Kind.WRITE),
    SIGN_UPLOAD(Kind.WRITE),
    LIST_LINKS(Kind.READ),
    REVOKE_LINK(Kind.WRITE),
    CREATE_BUCKET(Kind.WRITE),
    LIST_BUCKETS(Kind.READ),
    GET_BUCKET(Kind.READ),
    UPDATE_BUCKET(Kind.WRITE),
    EMPTY_BUCKET(Kind.WRITE),
    DELETE_BUCKET(Kind.WRITE),
    SUBSCRIBE(Kind.READ),
    EXPLAIN(Kind.ADMIN),
    CLEAN_UP(Kind.ADMIN),
    LIST_CORRUPT(Kind.ADMIN),
    START_MIGRATION(Kind.ADMIN),
    LIST_MIGRATIONS(Kind.ADMIN),
    GET_MIGRATION(Kind.ADMIN),
    CANCEL_MIGRATION(Kind.ADMIN),
    STATUS(Kind.READ),
    /** A feature that is not here. */
    ABSENT(Kind.READ),
    /** There is nothing at the address, or not with this method. */
    OTHER(Kind.READ);

    /** The name of a route's attribute with its operation. */
    public static final String ATTRIBUTE = "operation";

    private final String word;
    private final Kind kind;

    Operation(Kind kind) {
        this.word = name().toLowerCase(Locale.ROOT);
        this.kind = kind;
    }

    /** As it stands in logs. */
    public String word() {
        return word;
    }

    /** Whether each is audited, not just those that are denied or pass by row security. */
    public boolean audited() {
        return kind != Kind.READ;
    }

    /** Whether the bytes of an answer that succeeds are an object's. */
    public boolean sendsContent() {
        return this == DOWNLOAD;
    }

    private enum Kind {
        READ,
        WRITE,
        ADMIN
    }
}
