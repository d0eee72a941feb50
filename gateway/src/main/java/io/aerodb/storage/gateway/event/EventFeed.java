package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.event.FeedItem.Beat;
import io.aerodb.storage.gateway.event.FeedItem.End;
import io.aerodb.storage.gateway.event.FeedItem.Gap;
import io.aerodb.storage.gateway.event.FeedItem.Page;
import io.aerodb.storage.gateway.event.FeedItem.Reason;
import io.aerodb.storage.gateway.event.FeedItem.Told;
import io.aerodb.storage.gateway.http.LogText;
import io.aerodb.storage.metadata.MetadataException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What one subscription is told, page by page as it is asked for: from memory, or from the log when it is behind. One page is
 * all that is held of it. While the database is away the feed waits.
 */
final class EventFeed {

    private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
    private static final int PAGE = 250;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final EventRelay relay;
    private final Visibility visibility;
    private final EventFilter filter;
    private final Supplier<Subscriber> subscriber;
    private final EventMeters meters;
    private final long heartbeat;
    private final long mostBehind;
    private @Nullable Gap missing;
    private int generation;
    private long cursor;
    private long beatAt;
    private boolean ended;

    /**
     * @param subscriber asked each time, for his token may be another one
     * @param cursor he knows of everything up to it
     * @param mostBehind events by which he may be behind
     */
    EventFeed(
            EventRelay relay,
            Visibility visibility,
            EventFilter filter,
            Supplier<Subscriber> subscriber,
            EventMeters meters,
            Duration heartbeat,
            long cursor,
            long mostBehind) {
        this.relay = relay;
        this.visibility = visibility;
        this.filter = filter;
        this.subscriber = subscriber;
        this.meters = meters;
        this.heartbeat = heartbeat.toNanos();
        this.cursor = cursor;
        this.mostBehind = mostBehind;
        this.generation = relay.generation();
    }

    /** The same, which begins with a gap. */
    EventFeed missing(Gap gap) {
        missing = gap;
        return this;
    }

    /** Ends with an {@link End}, and does not fail. To be subscribed once. */
    Flux<FeedItem> items() {
        return Flux.defer(this::next)
                .repeat(() -> !ended)
                .doOnSubscribe(begun -> begin())
                .doFinally(end -> end());
    }

    private void end() {
        relay.leave();
        meters.closed();
    }

    private void begin() {
        relay.join();
        meters.opened();
        beatAt = System.nanoTime() + heartbeat;
    }

    /** The next item, or nothing, and then it is asked for again. */
    private Flux<FeedItem> next() {
        long behind = relay.last() - cursor;
        if (missing != null) {
            Gap gap = missing;
            missing = null;
            return given(gap);
        } else if (relay.isStopping()) {
            return end(Reason.SHUTDOWN);
        } else if (subscriber.get().hasEnded()) {
            return end(Reason.TOKEN_EXPIRED);
        } else if (generation != relay.generation()) {
            generation = relay.generation();
            return gap(relay.last());
        } else if (behind > mostBehind) {
            meters.resumed();
            return end(Reason.LAGGING);
        } else if (System.nanoTime() - beatAt >= 0) {
            return given(new Beat(cursor));
        }
        return behind > 0 ? page() : turn();
    }

    /** Goes on with another thread, of which there are several: all who wait do so at the same time. */
    private Flux<FeedItem> turn() {
        return relay.turn(cursor).publishOn(Schedulers.parallel()).thenMany(Flux.empty());
    }

    private Flux<FeedItem> page() {
        return relay.after(cursor, PAGE).flatMapMany(this::page).onErrorResume(MetadataException.class, this::failed);
    }

    private Flux<FeedItem> page(List<RelayedEvent> page) {
        if (page.isEmpty()) { // all of it expired
            return gap(relay.last());
        }
        long first = page.get(0).sequence();
        if (first > cursor + 1) {
            return gap(first - 1);
        }
        List<RelayedEvent> wanted = page.stream()
                .filter(event -> filter.matches(event.event(), true))
                .toList();
        long last = page.get(page.size() - 1).sequence();
        return wanted.isEmpty() ? passed(last) : told(wanted, last);
    }

    private Flux<FeedItem> told(List<RelayedEvent> wanted, long last) {
        List<Long> sequences = wanted.stream().map(RelayedEvent::sequence).toList();
        return visibility.of(subscriber.get().context(), sequences).flatMapMany(visible -> told(wanted, visible, last));
    }

    private Flux<FeedItem> told(List<RelayedEvent> wanted, Map<Long, Boolean> visible, long last) {
        List<Told> told = wanted.stream()
                .flatMap(event -> told(event, visible.get(event.sequence())))
                .toList();
        Flux<FeedItem> passed = passed(last);
        return told.isEmpty() ? passed : given(new Page(told, last));
    }

    /** @param withOrigin null when it is not visible */
    private Stream<Told> told(RelayedEvent event, @Nullable Boolean withOrigin) {
        return withOrigin != null && filter.matches(event.event(), withOrigin)
                ? Stream.of(new Told(event, withOrigin))
                : Stream.empty();
    }

    private Flux<FeedItem> passed(long last) {
        cursor = last;
        return Flux.empty();
    }

    private Flux<FeedItem> gap(long until) {
        Gap gap = new Gap(cursor, until);
        cursor = until;
        return given(gap);
    }

    private Flux<FeedItem> given(FeedItem item) {
        beatAt = System.nanoTime() + heartbeat;
        return Flux.just(item);
    }

    private Flux<FeedItem> end(Reason reason) {
        ended = true;
        return Flux.just(new End(reason, cursor));
    }

    private Flux<FeedItem> failed(MetadataException failure) {
        return switch (failure.kind()) {
            case UNAVAILABLE, UNANSWERED, TIMED_OUT, CONFLICT ->
                Mono.delay(PAUSE).thenMany(Flux.empty());
            default -> {
                log.warn("event=events_not_told reason={}", LogText.value(failure.toString()));
                yield end(Reason.FAILED);
            }
        };
    }
}
