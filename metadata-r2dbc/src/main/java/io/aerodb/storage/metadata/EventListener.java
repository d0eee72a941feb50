package io.aerodb.storage.metadata;

import io.r2dbc.postgresql.api.Notification;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Hears of new numbers in the log (PostgreSQL, NOTIFY) on a connection of its own. What it hears is a hint: while there is no
 * connection nothing is heard, and a new one begins with a hint to look.
 */
public final class EventListener {

    /** What is heard when everything may have happened. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final ConnectionFactory connections;
    private final Consumer<Throwable> lost;
    private volatile boolean listening;

    /**
     * @param connections of PostgreSQL, not pooled
     * @param lost is told of each failure; another connection is made after a pause
     */
    public EventListener(ConnectionFactory connections, Consumer<Throwable> lost) {
        this.connections = connections;
        this.lost = lost;
    }

    public boolean isListening() {
        return listening;
    }

    /** The last number of the log, each time it has a new one. Has no end and does not fail. */
    public Flux<Long> hints() {
        return Flux.usingWhen(
                        Mono.from(connections.create()).timeout(CONNECT),
                        connection -> heard((PostgresqlConnection) connection),
                        EventListener::closed)
                .doOnError(lost)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .transientErrors(true));
    }

    private Flux<Long> heard(PostgresqlConnection connection) {
        Mono<Long> begun =
                run(connection, "LISTEN storage_events").thenReturn(UNKNOWN).doOnNext(ready -> listening = true);
        Flux<Long> heartbeat = Flux.interval(HEARTBEAT)
                .onBackpressureDrop()
                .concatMap(tick -> run(connection, "SELECT 1").<Long>then(Mono.empty()), 0);
        Flux<Long> numbers = connection
                .getNotifications()
                .map(EventListener::number)
                .concatWith(Mono.error(() -> new IllegalStateException("the connection was closed")));
        return Flux.merge(numbers, begun.concatWith(heartbeat)).doFinally(end -> listening = false);
    }

    /** One that is gone may never answer. */
    private static Mono<Void> closed(Connection connection) {
        return Mono.from(connection.close()).timeout(ANSWER).onErrorComplete();
    }

    private static Mono<Void> run(PostgresqlConnection connection, String sql) {
        return connection
                .createStatement(sql)
                .execute()
                .flatMap(result -> result.map(row -> 1))
                .then()
                .timeout(ANSWER);
    }

    /** Anybody who may connect can notify; what is no number is a hint as well. */
    private static long number(Notification notification) {
        try {
            return Long.parseLong(String.valueOf(notification.getParameter()));
        } catch (NumberFormatException forged) {
            return UNKNOWN;
        }
    }
}
