package io.aerodb.storage.gateway.http;

import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerResponse;

/** The connection under an exchange. */
final class Connections {

    private Connections() {}

    /** Whether this failure only says that the client went away. */
    static boolean isGone(Throwable failure) {
        return failure instanceof AbortedException || AbortedException.isConnectionReset(failure);
    }

    /**
     * Closes the connection without ending the answer properly, then completes. Where there is no connection, as in a test
     * without a server, it fails instead.
     */
    static Mono<Void> breakOff(ServerHttpResponse response, Throwable failure) {
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
