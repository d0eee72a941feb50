package io.aerodb.storage.backend.s3;

import java.io.IOException;
import java.time.Duration;

/** What happens to one request instead of being answered by the server. */
public interface Fault {

    void strike(Exchange exchange) throws IOException, InterruptedException;

    /** None: the server answers. */
    static Fault none() {
        return exchange -> {
            exchange.deliver();
            exchange.relay();
        };
    }

    /** The server never hears of it. */
    static Fault answered(int status, String code) {
        return exchange -> exchange.answer(status, code);
    }

    static Fault slowDown() {
        return answered(503, "SlowDown");
    }

    static Fault internalError() {
        return answered(500, "InternalError");
    }

    static Fault late(Duration delay) {
        return exchange -> {
            exchange.hold(delay);
            none().strike(exchange);
        };
    }

    /** The server did it, and the connection is cut before the answer. */
    static Fault answerLost() {
        return exchange -> {
            exchange.deliver();
            exchange.absorb();
            exchange.reset();
        };
    }

    /** The server did it, and its answer never comes. */
    static Fault answerHeldBack() {
        return exchange -> {
            exchange.deliver();
            exchange.absorb();
            exchange.hold(Duration.ofMinutes(1));
        };
    }

    /** The connection is cut after so many bytes of the request's body; the server gets no more. */
    static Fault requestCut(long bytes) {
        return exchange -> {
            exchange.deliver(bytes);
            exchange.reset();
        };
    }

    /** The connection is ended in order after so many bytes of the answer's body. */
    static Fault answerEnded(long bytes) {
        return exchange -> {
            exchange.deliver();
            exchange.relay(bytes);
            exchange.end();
        };
    }

    /** The connection is reset after so many bytes of the answer's body. */
    static Fault answerCut(long bytes) {
        return exchange -> {
            exchange.deliver();
            exchange.relay(bytes);
            exchange.reset();
        };
    }

    /** Nothing comes any more after so many bytes of the answer's body. */
    static Fault answerStalled(long bytes) {
        return exchange -> {
            exchange.deliver();
            exchange.relay(bytes);
            exchange.hold(Duration.ofMinutes(1));
        };
    }
}
