package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.event.FeedItem.End;
import io.aerodb.storage.gateway.event.FeedItem.Gap;
import io.aerodb.storage.gateway.event.FeedItem.Page;
import io.aerodb.storage.gateway.event.FeedItem.Reason;
import io.aerodb.storage.gateway.event.FeedItem.Told;
import io.aerodb.storage.gateway.event.Outgoing.Close;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One subscription of a socket: what its feed gives, as messages. So many events may be unacknowledged; then it waits for the client,
 * and gives up when that takes too long.
 */
final class SocketSubscription {

    private final String id;
    private final EventFeed feed;
    private final EventMeters meters;
    private final int mostUnacknowledged;
    private final Duration patience;
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final Deque<Long> unacknowledged = new ArrayDeque<>();
    private Sinks.Empty<Void> acknowledged = Sinks.empty();
    private long lastAcknowledged;

    SocketSubscription(String id, EventFeed feed, EventMeters meters, int mostUnacknowledged, Duration patience) {
        this.id = id;
        this.feed = feed;
        this.meters = meters;
        this.mostUnacknowledged = mostUnacknowledged;
        this.patience = patience;
    }

    /** From its beginning to its end, both of which the client is told. */
    Flux<Outgoing> messages() {
        return feed.items()
                .concatMap(this::messages, 0)
                .onErrorResume(TimeoutException.class, this::lagging)
                .takeUntilOther(ended.asMono())
                .startWith(SocketText.of("subscribed", Map.of("id", id)))
                .concatWith(Mono.fromSupplier(() -> SocketText.of("unsubscribed", Map.of("id", id))));
    }

    /** No further events. */
    void end() {
        ended.tryEmitEmpty();
    }

    /** The client has dealt with everything up to this number. */
    synchronized void acknowledge(long sequence) {
        boolean none = true;
        while (!unacknowledged.isEmpty() && unacknowledged.peekFirst() <= sequence) {
            lastAcknowledged = unacknowledged.removeFirst();
            none = false;
        }
        if (none) { // no progress, and no reason for more patience
            return;
        }
        Sinks.Empty<Void> waiting = acknowledged;
        acknowledged = Sinks.empty();
        waiting.tryEmitEmpty();
    }

    /** What its client is told when the gateway stops and waits for him; nothing when its feed itself will tell. */
    synchronized Optional<Outgoing> stopped() {
        return unacknowledged.size() < mostUnacknowledged
                ? Optional.empty()
                : Optional.of(SocketText.resume(id, lastAcknowledged(), Reason.SHUTDOWN.word()));
    }

    private Flux<Outgoing> messages(FeedItem item) {
        if (item instanceof Page page) {
            return Flux.fromIterable(page.events()).concatMap(this::message, 0);
        } else if (item instanceof Gap gap) {
            return Flux.just(SocketText.of("gap", Map.of("subscription", id, "oldest", gap.cursor() + 1)));
        }
        return item instanceof End end ? end(end) : Flux.empty();
    }

    private Mono<Outgoing> message(Told told) {
        return room().repeat(() -> !taken(told)).then(Mono.fromSupplier(() -> SocketText.event(id, told)));
    }

    /** Completes when there may be room for another one. */
    private Mono<Void> room() {
        return Mono.defer(this::waited);
    }

    private synchronized Mono<Void> waited() {
        return unacknowledged.size() < mostUnacknowledged
                ? Mono.empty()
                : acknowledged.asMono().timeout(patience);
    }

    private synchronized boolean taken(Told told) {
        if (unacknowledged.size() >= mostUnacknowledged) {
            return false;
        }
        unacknowledged.addLast(told.event().sequence());
        return true;
    }

    private Flux<Outgoing> lagging(TimeoutException late) {
        meters.resumed();
        return Flux.just(
                SocketText.resume(id, lastAcknowledged(), Reason.LAGGING.word()),
                new Close(CloseStatus.SERVICE_OVERLOAD));
    }

    /** What to resume behind. */
    private synchronized long lastAcknowledged() {
        return unacknowledged.isEmpty() ? lastAcknowledged : unacknowledged.getFirst() - 1;
    }

    private Flux<Outgoing> end(End end) {
        return switch (end.reason()) {
            case TOKEN_EXPIRED -> Flux.fromIterable(EventSocket.TOKEN_EXPIRED);
            case SHUTDOWN ->
                Flux.just(
                        SocketText.resume(id, end.cursor(), end.reason().word()),
                        new Close(CloseStatus.SERVICE_RESTARTED));
            case LAGGING, FAILED ->
                Flux.just(
                        SocketText.resume(id, end.cursor(), end.reason().word()),
                        new Close(CloseStatus.SERVICE_OVERLOAD));
        };
    }
}
