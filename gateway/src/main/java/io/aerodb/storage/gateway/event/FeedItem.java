package io.aerodb.storage.gateway.event;

import java.util.List;
import java.util.Locale;

/** What a feed gives; each with the number up to which its subscriber is told of everything then. */
sealed interface FeedItem {

    long cursor();

    /** Events, at least one. */
    record Page(List<Told> events, long cursor) implements FeedItem {}

    /** Nothing has happened that the subscriber is told of. */
    record Beat(long cursor) implements FeedItem {}

    /** What was behind this number is not kept any more, up to the cursor. */
    record Gap(long behind, long cursor) implements FeedItem {}

    /** The last item. */
    record End(Reason reason, long cursor) implements FeedItem {}

    /** Why a feed ends. */
    enum Reason {
        TOKEN_EXPIRED,
        LAGGING,
        SHUTDOWN,
        FAILED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An event, as much as the subscriber may know of it. */
    record Told(RelayedEvent event, boolean withOrigin) {

        byte[] json() {
            return withOrigin ? event.json() : event.jsonWithoutOrigin();
        }
    }
}
