package io.aerodb.storage.gateway.event;

import org.springframework.web.reactive.socket.CloseStatus;

/** What goes out of a socket. */
sealed interface Outgoing {

    /** A message, of JSON. */
    record Text(byte[] json) implements Outgoing {}

    /** A sign of life that asks for one. */
    record Ping() implements Outgoing {}

    /** The end, behind what went before. */
    record Close(CloseStatus status) implements Outgoing {}
}
