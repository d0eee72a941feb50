package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.event.Outgoing.Close;
import io.aerodb.storage.gateway.event.Outgoing.Ping;
import io.aerodb.storage.gateway.event.Outgoing.Text;
import io.aerodb.storage.gateway.event.SocketCommand.Acknowledge;
import io.aerodb.storage.gateway.event.SocketCommand.Subscribe;
import io.aerodb.storage.gateway.event.SocketCommand.Token;
import io.aerodb.storage.gateway.event.SocketCommand.Unsubscribe;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.http.StorageError;
import io.aerodb.storage.gateway.wiring.EventSettings;
import io.aerodb.storage.metadata.RlsContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketMessage.Type;
import org.springframework.web.reactive.socket.WebSocketSession;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One open socket. Messages of the client are dealt with one after the other; one who asks for more answers than he takes is cut
 * off.
 */
final class EventSocket {

    /** Like HTTP's 401, in the range for applications (RFC 6455, 7.4.2). */
    static final CloseStatus UNAUTHORIZED = new CloseStatus(4401, "Unauthorized");

    static final List<Outgoing> TOKEN_EXPIRED = List.of(SocketText.of("token_expired"), new Close(UNAUTHORIZED));

    private static final int MOST_ANSWERS = 64;
    private static final int MISSED_BEATS = 3;
    private static final Duration TICK = Duration.ofSeconds(1);

    private final WebSocketSession session;
    private final Consumer<RlsContext> identified;
    private final EventSockets sockets;
    private final EventSettings settings;
    private final Map<String, SocketSubscription> subscriptions = new ConcurrentHashMap<>();
    private final Sinks.Many<Outgoing> answers =
            Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(MOST_ANSWERS));
    private final Sinks.Many<Flux<Outgoing>> feeds;
    private final Sinks.Empty<Void> closing = Sinks.empty();
    private final long openedAt = System.nanoTime();
    private volatile Subscriber subscriber;
    private volatile CloseStatus status = CloseStatus.NORMAL;
    private volatile long heardAt = System.nanoTime();
    private long pingedAt = System.nanoTime();
    private boolean spoken;

    /** @param identified is told whose socket it is when a message of the client says so, and may refuse him */
    EventSocket(
            WebSocketSession session,
            Subscriber subscriber,
            Consumer<RlsContext> identified,
            EventSockets sockets,
            EventSettings settings) {
        this.identified = identified;
        this.session = session;
        this.subscriber = subscriber;
        this.sockets = sockets;
        this.settings = settings;
        this.feeds = Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(settings.maxSubscriptions()));
    }

    /** Until one of the two sides ends it. */
    Mono<Void> handle() {
        Mono<Void> receiving = session.receive()
                .mapNotNull(this::heard)
                .concatMap(this::received, 1)
                .then(Mono.<Void>fromRunnable(() -> close(CloseStatus.NORMAL)).then(Mono.never()));
        return Mono.firstWithSignal(receiving, session.send(sent()).then(Mono.defer(() -> session.close(status))));
    }

    private Flux<WebSocketMessage> sent() {
        Flux<Outgoing> told = feeds.asFlux().flatMap(feed -> feed, settings.maxSubscriptions(), 1);
        return Flux.merge(1, answers.asFlux(), ticks(), told)
                .takeUntilOther(closing.asMono())
                .takeUntil(this::isLast)
                .mapNotNull(this::message);
    }

    private boolean isLast(Outgoing outgoing) {
        if (outgoing instanceof Close close) {
            status = close.status();
            return true;
        }
        return false;
    }

    private @Nullable WebSocketMessage message(Outgoing outgoing) {
        if (outgoing instanceof Text text) {
            return new WebSocketMessage(Type.TEXT, session.bufferFactory().wrap(text.json()));
        }
        return outgoing instanceof Ping ? session.pingMessage(buffers -> buffers.wrap(new byte[0])) : null;
    }

    private Flux<Outgoing> ticks() {
        Duration tick = settings.heartbeat().compareTo(TICK) < 0 ? settings.heartbeat() : TICK;
        return Flux.interval(tick).onBackpressureDrop().concatMapIterable(time -> tick(), 1);
    }

    private List<Outgoing> tick() {
        long now = System.nanoTime();
        long beat = settings.heartbeat().toNanos();
        if (subscriber.hasEnded()) {
            return TOKEN_EXPIRED;
        } else if (sockets.isStopping()) {
            return stopped();
        } else if (now - heardAt > MISSED_BEATS * beat) {
            return List.of(new Close(CloseStatus.GOING_AWAY));
        } else if (now - pingedAt < beat) {
            return List.of();
        }
        pingedAt = now;
        return List.of(new Ping());
    }

    /** Feeds end by themselves, but for those that wait for their client. */
    private List<Outgoing> stopped() {
        List<Outgoing> waiting = subscriptions.values().stream()
                .flatMap(subscription -> subscription.stopped().stream())
                .toList();
        if (waiting.size() < subscriptions.size()) {
            return List.of();
        }
        List<Outgoing> last = new ArrayList<>(waiting);
        last.add(new Close(CloseStatus.SERVICE_RESTARTED));
        return last;
    }

    private void close(CloseStatus reason) {
        status = reason;
        closing.tryEmitEmpty();
    }

    private void answer(Outgoing... outgoing) {
        for (Outgoing one : outgoing) {
            if (answers.tryEmitNext(one).isFailure()) {
                close(CloseStatus.POLICY_VIOLATION);
            }
        }
    }

    /** The text of a message; null for a sign of life. Read at once: its buffer is the connection's. */
    private @Nullable String heard(WebSocketMessage message) {
        heardAt = System.nanoTime();
        return switch (message.getType()) {
            case TEXT -> message.getPayloadAsText();
            case BINARY -> "";
            case PING, PONG -> null;
        };
    }

    private Mono<Void> received(String text) {
        boolean first = !spoken;
        spoken = true;
        return Mono.defer(() -> dealtWith(SocketCommand.of(text), first))
                .onErrorResume(StorageError.class, this::refused);
    }

    private Mono<Void> dealtWith(SocketCommand command, boolean first) {
        if (command instanceof Subscribe subscribe) {
            return subscribe(subscribe).onErrorMap(StorageError.class, error -> error.with("id", subscribe.id()));
        } else if (command instanceof Token token) {
            return token(token.token(), first);
        } else if (command instanceof Unsubscribe unsubscribe) {
            known("id", unsubscribe.id()).end();
        } else if (command instanceof Acknowledge acknowledge) {
            known("subscription", acknowledge.subscription()).acknowledge(acknowledge.sequence());
        }
        return Mono.empty();
    }

    private Mono<Void> subscribe(Subscribe command) {
        if (subscriptions.containsKey(command.id())) {
            return Mono.error(() -> ErrorCode.INVALID_REQUEST.because("id", "is that of another subscription"));
        } else if (subscriptions.size() >= settings.maxSubscriptions()) {
            return Mono.error(() -> ErrorCode.SLOW_DOWN
                    .because("The socket has too many subscriptions")
                    .with("limit", settings.maxSubscriptions()));
        }
        return sockets.feed(() -> subscriber, command.filter(), command.after())
                .doOnNext(feed -> begin(command.id(), feed))
                .then();
    }

    private void begin(String id, EventFeed feed) {
        SocketSubscription begun = sockets.subscription(id, feed);
        subscriptions.put(id, begun);
        feeds.tryEmitNext(begun.messages().doFinally(end -> subscriptions.remove(id, begun)));
    }

    private Mono<Void> token(String token, boolean first) {
        return sockets.verify(token)
                .doOnNext(next -> {
                    if (!isSame(next.context()) && !mayBegin(first)) {
                        throw ErrorCode.UNAUTHORIZED.because("The token is another user's");
                    }
                    identified.accept(next.context());
                    subscriber = next;
                    answer(SocketText.of("token_accepted"));
                })
                .then()
                .onErrorResume(StorageError.class, this::badToken);
    }

    private boolean isSame(RlsContext next) {
        RlsContext now = subscriber.context();
        return next.role() == now.role() && Objects.equals(next.userId(), now.userId());
    }

    /** Whether a socket may still say whose it is. */
    private boolean mayBegin(boolean first) {
        return first
                && subscriber.context().equals(RlsContext.ANONYMOUS)
                && System.nanoTime() - openedAt < settings.tokenWait().toNanos();
    }

    /** Only while it is not known whether the token is good may the one before stay. */
    private Mono<Void> badToken(StorageError error) {
        answer(SocketText.error(error));
        if (error.code() == ErrorCode.UNAUTHORIZED) {
            answer(new Close(UNAUTHORIZED));
        }
        return Mono.empty();
    }

    private Mono<Void> refused(StorageError error) {
        answer(SocketText.error(error));
        return Mono.empty();
    }

    private SocketSubscription known(String field, String id) {
        SocketSubscription subscription = subscriptions.get(id);
        if (subscription == null) {
            throw ErrorCode.INVALID_REQUEST.because(field, "is that of no subscription");
        }
        return subscription;
    }
}
