package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.event.FeedItem.Gap;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.gateway.wiring.EventSettings;
import io.aerodb.storage.metadata.EventLog;
import io.aerodb.storage.metadata.EventLog.Kept;
import io.aerodb.storage.metadata.MetadataException;
import java.util.OptionalLong;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Begins feeds at the place in the log that is asked for. */
final class EventFeeds {

    private static final int MOST_NUMBERED = 5000;

    private final EventLog log;
    private final EventRelay relay;
    private final Visibility visibility;
    private final EventMeters meters;
    private final EventSettings settings;

    EventFeeds(EventLog log, EventRelay relay, Visibility visibility, EventMeters meters, EventSettings settings) {
        this.log = log;
        this.relay = relay;
        this.visibility = visibility;
        this.meters = meters;
        this.settings = settings;
    }

    /**
     * @param after a number that the subscriber had last; 0 for all that is kept, nothing for what happens from now on
     */
    Mono<EventFeed> open(Supplier<Subscriber> subscriber, EventFilter filter, OptionalLong after) {
        Mono<Kept> kept =
                after.isPresent() ? log.kept() : log.number(MOST_NUMBERED).then(log.kept());
        return kept.map(known -> feed(subscriber, filter, after, known))
                .onErrorMap(
                        MetadataException.class,
                        failure -> PermissionChecker.failed(subscriber.get().context(), failure, "select"));
    }

    /** A number that is not given yet is one of another log: this one may be an older copy. */
    private EventFeed feed(Supplier<Subscriber> subscriber, EventFilter filter, OptionalLong after, Kept kept) {
        long asked = after.orElse(kept.last());
        if (asked > kept.last()) {
            return feed(subscriber, filter, kept.last(), kept).missing(new Gap(asked, kept.last()));
        }
        long oldest = kept.oldest() - 1;
        EventFeed feed = feed(subscriber, filter, Math.max(asked, oldest), kept);
        return asked == 0 || asked >= oldest ? feed : feed.missing(new Gap(asked, oldest));
    }

    private EventFeed feed(Supplier<Subscriber> subscriber, EventFilter filter, long cursor, Kept kept) {
        return new EventFeed(
                relay,
                visibility,
                filter,
                subscriber,
                meters,
                settings.heartbeat(),
                cursor,
                kept.last() - cursor + settings.maxLag());
    }
}
