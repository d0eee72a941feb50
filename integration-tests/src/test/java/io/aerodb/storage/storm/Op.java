package io.aerodb.storage.storm;

import java.util.Optional;

/**
 * What one request did to one key, as its client saw it.
 *
 * @param value what it wrote or saw; {@link #ABSENT} or {@link #PRESENT} where that is all that is known
 * @param expected what was there by the client's condition; null without one
 * @param begun before the request was sent
 * @param ended after the answer came; of one without an answer when it can have had no effect any more, or {@link #NEVER}
 */
record Op(String client, Kind kind, String value, String expected, Result result, long begun, long ended) {

    static final String ABSENT = "absent";
    static final String PRESENT = "present";
    /** An end that nobody knows: a gateway that lives may do a thing long after its client has gone. */
    static final long NEVER = Long.MAX_VALUE;

    enum Kind {
        /** Whatever was there. */
        WRITE,
        /** Where nothing was. */
        CREATE,
        /** Over the expected value. */
        REPLACE,
        DELETE,
        /** Deletes what it names: the source of a move. */
        TAKE,
        READ
    }

    enum Result {
        DONE,
        /** Its condition did not hold. */
        REFUSED,
        /** It happened or it did not, at any time until its end. */
        UNKNOWN
    }

    /** The same, with no effect after this time. */
    Op endedBy(long time) {
        return new Op(client, kind, value, expected, result, begun, Math.min(ended, time));
    }

    /** The value of the key after this one, which had this effect at once; empty when the key's value does not allow that. */
    Optional<String> after(String before) {
        return result == Result.REFUSED
                ? Optional.of(before).filter(this::refuses)
                : Optional.of(before).filter(this::accepts).map(this::changed);
    }

    private boolean accepts(String before) {
        return switch (kind) {
            case WRITE -> true;
            case CREATE -> before.equals(ABSENT);
            case REPLACE -> before.equals(expected);
            case DELETE -> !before.equals(ABSENT);
            case TAKE, READ -> before.equals(value) || value.equals(PRESENT) && !before.equals(ABSENT);
        };
    }

    private boolean refuses(String before) {
        return switch (kind) {
            case WRITE, READ -> false;
            case CREATE -> !before.equals(ABSENT);
            case REPLACE -> !before.equals(expected);
            case DELETE, TAKE -> before.equals(ABSENT);
        };
    }

    private String changed(String before) {
        return switch (kind) {
            case WRITE, CREATE, REPLACE -> value;
            case DELETE, TAKE -> ABSENT;
            case READ -> before;
        };
    }

    @Override
    public String toString() {
        return "%d..%d %s %s %s%s %s"
                .formatted(begun, ended, client, kind, value, expected == null ? "" : " over " + expected, result);
    }
}
