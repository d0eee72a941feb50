package io.aerodb.storage.gateway.event;

import io.aerodb.storage.gateway.admission.Admission;
import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.auth.TokenVerifier;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.wiring.EventSettings;
import io.aerodb.storage.metadata.RlsContext;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;
import org.springframework.web.reactive.socket.server.upgrade.ReactorNettyRequestUpgradeStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.WebsocketServerSpec;

/** Events over WebSockets (RFC 6455). */
final class EventSockets {

    /** Of RFC 6455, 4.4. */
    private static final String VERSION = "13";

    private static final int LARGEST_MESSAGE = 64 * 1024;

    private final WebSocketService handshakes = new HandshakeWebSocketService(new ReactorNettyRequestUpgradeStrategy(
            () -> WebsocketServerSpec.builder().maxFramePayloadLength(LARGEST_MESSAGE)));
    private final EventFeeds feeds;
    private final EventRelay relay;
    private final EventMeters meters;
    private final Admission admission;
    private final TokenVerifier tokens;
    private final Origins origins;
    private final Duration skew;
    private final EventSettings settings;

    /** @param skew by which tokens outlive their expiry */
    EventSockets(
            EventFeeds feeds,
            EventRelay relay,
            EventMeters meters,
            Admission admission,
            TokenVerifier tokens,
            Origins origins,
            Duration skew,
            EventSettings settings) {
        this.feeds = feeds;
        this.relay = relay;
        this.meters = meters;
        this.admission = admission;
        this.tokens = tokens;
        this.origins = origins;
        this.skew = skew;
        this.settings = settings;
    }

    Mono<ServerResponse> open(ServerRequest request) {
        return Mono.defer(() -> {
            origins.check(request.exchange().getRequest());
            if (!"websocket".equalsIgnoreCase(request.headers().firstHeader("Upgrade"))) {
                throw ErrorCode.INVALID_REQUEST.because("Upgrade", "must be websocket, in HTTP/1.1");
            }
            if (!VERSION.equals(request.headers().firstHeader("Sec-WebSocket-Version"))) {
                throw ErrorCode.INVALID_REQUEST
                        .because("Sec-WebSocket-Version", "must be " + VERSION)
                        .withHeader("Sec-WebSocket-Version", VERSION);
            }
            Subscriber subscriber = Subscriber.of(RlsContextFilter.of(request), skew);
            return ServerResponse.status(HttpStatus.SWITCHING_PROTOCOLS)
                    .build((exchange, context) -> serve(exchange, subscriber));
        });
    }

    /** Until the socket has ended: a handshake alone would give back what the request holds. */
    private Mono<Void> serve(ServerWebExchange exchange, Subscriber subscriber) {
        Sinks.Empty<Void> ended = Sinks.empty();
        Facts facts = Facts.of(exchange);
        Consumer<RlsContext> identified = caller -> {
            admission.pass(exchange, caller);
            facts.caller(caller.userId(), caller.role().databaseName(), caller.canBypassRls());
        };
        return handshakes
                .handleRequest(exchange, session -> new EventSocket(session, subscriber, identified, this, settings)
                        .handle()
                        .doFinally(end -> ended.tryEmitEmpty()))
                .then(ended.asMono());
    }

    Mono<EventFeed> feed(Supplier<Subscriber> subscriber, EventFilter filter, OptionalLong after) {
        return feeds.open(subscriber, filter, after);
    }

    SocketSubscription subscription(String id, EventFeed feed) {
        return new SocketSubscription(id, feed, meters, settings.maxUnacknowledged(), settings.sendTimeout());
    }

    /** Fails like {@link TokenVerifier#verify}. */
    Mono<Subscriber> verify(String token) {
        return tokens.verify(token).map(context -> Subscriber.of(context, skew));
    }

    boolean isStopping() {
        return relay.isStopping();
    }
}
