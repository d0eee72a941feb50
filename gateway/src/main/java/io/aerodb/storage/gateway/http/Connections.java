package io.aerodb.storage.gateway.http;

import io.netty.channel.Channel;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/** The connection under an exchange. */
public final class Connections {

    private Connections() {}

    /**
     * The body of a request. When its subscriber cancels, no more is read before the answer: Reactor Netty would go on
     * reading and throw away what comes, without a limit.
     */
    public static Flux<DataBuffer> body(ServerWebExchange exchange) {
        return exchange.getRequest().getBody().doOnCancel(() -> stopReading(exchange.getResponse()));
    }

    private static void stopReading(ServerHttpResponse response) {
        if (nativeResponse(response) instanceof HttpServerResponse netty) {
            netty.withConnection(Connections::stopReading);
        }
    }

    /**
     * Behind what the body's subscriber still asked for, which is on its way to the event loop. When the exchange is over,
     * Reactor Netty has a channel in place of the connection's that was never registered; so it is asked for again when
     * the turn comes: the connection may be the next request's by then.
     */
    private static void stopReading(Connection connection) {
        Channel channel = connection.channel();
        if (channel.isRegistered()) {
            channel.eventLoop().execute(() -> connection.channel().config().setAutoRead(false));
        }
    }

    /**
     * The same sending of a file, which the system may do by itself: before it ends the listener is told once how many bytes of
     * it went out, be it all or not.
     *
     * @param count bytes of the file, for where there is no connection, as in a test without a server
     */
    public static Mono<Void> sending(ServerHttpResponse response, Mono<Void> file, long count, LongConsumer listener) {
        return nativeResponse(response) instanceof HttpServerResponse netty
                ? file.doFirst(() -> netty.withConnection(connection -> SentFiles.listen(connection, listener)))
                        .doOnError(unsent -> netty.withConnection(SentFiles::forget))
                        .onErrorResume(unsent -> nextTurn(netty).then(Mono.error(unsent)))
                        .then(nextTurn(netty))
                : file.doOnSuccess(sent -> listener.accept(count));
    }

    /**
     * Whether the connection would take more at once. What it was given before may wait still; it would take more after that,
     * too, and keep it in memory.
     */
    public static boolean takesMore(ServerHttpResponse response) {
        AtomicBoolean takes = new AtomicBoolean(true);
        if (nativeResponse(response) instanceof HttpServerResponse netty) {
            netty.withConnection(connection -> takes.set(connection.channel().isWritable()));
        }
        return takes.get();
    }

    /** Completes when the system has taken all of the answer, which was handed on before, or the connection is closed. */
    public static Mono<Void> taken(ServerHttpResponse response) {
        return Mono.defer(() -> {
            AtomicReference<Mono<Void>> taken = new AtomicReference<>();
            if (nativeResponse(response) instanceof HttpServerResponse netty) {
                netty.withConnection(connection -> taken.set(connection.onTerminate()));
            }
            return Mono.justOrEmpty(taken.get()).flatMap(end -> end).onErrorComplete();
        });
    }

    /** Completes when all who listen to what the connection has just done have been told. */
    private static Mono<Void> nextTurn(HttpServerResponse netty) {
        return Mono.create(turn -> netty.withConnection(connection -> {
            Channel channel = connection.channel();
            if (channel.isRegistered()) {
                channel.eventLoop().execute(turn::success);
            } else {
                turn.success();
            }
        }));
    }

    /** Whether this failure only says that the other side went away. */
    public static boolean isGone(Throwable failure) {
        return failure instanceof AbortedException || AbortedException.isConnectionReset(failure) || isReset(failure);
    }

    /** As the JDK says it, which is heard where there is no native transport. */
    private static boolean isReset(Throwable failure) {
        return failure instanceof SocketException && "Connection reset".equals(failure.getMessage());
    }

    /**
     * Closes the connection without ending the answer properly, then completes. Where there is no connection, as in a test
     * without a server, it fails instead.
     */
    public static Mono<Void> breakOff(ServerHttpResponse response, Throwable failure) {
        return nativeResponse(response) instanceof HttpServerResponse netty
                ? Mono.fromRunnable(() ->
                        netty.withConnection(connection -> connection.channel().close()))
                : Mono.error(failure);
    }

    private static Object nativeResponse(ServerHttpResponse response) {
        try {
            return ServerHttpResponseDecorator.getNativeResponse(response);
        } catch (IllegalStateException | IllegalArgumentException noServer) {
            return response;
        }
    }
}
