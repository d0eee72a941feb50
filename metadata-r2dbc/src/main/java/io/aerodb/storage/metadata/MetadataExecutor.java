package io.aerodb.storage.metadata;

import io.aerodb.storage.metadata.MetadataException.Kind;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.Wrapped;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Runs one metadata operation: one statement, one transaction, one round trip.
 *
 * <p>Operations that take an {@link RlsContext} call a database function that binds it for that transaction only, so a
 * connection never carries a caller over to the next one. An operation emits after the server has said that its transaction
 * is over, not when its rows arrive. Once subscribed it runs to its end: cancelling the subscription drops the result, not
 * the work, so no connection returns to the pool in the middle of an answer. Every wait is bounded: for a connection by the
 * pool, for the statement by the server's {@code statement_timeout}, for a server that says nothing by the answer time-out,
 * after which the connection is thrown away. Failures are {@link MetadataException}.
 */
public final class MetadataExecutor {

    /** Begins a statement whose effect a crash of the database may take back, because it is done again then. */
    static final String NOT_SYNCED = "SELECT set_config('synchronous_commit', 'off', true), ";

    private static final int RETRIES_OF_PASSING = 2;
    private static final int MOST_DEAD_CONNECTIONS = 100;

    private final ConnectionFactory pool;
    private final Duration answerTimeout;
    private final OperationObserver observer;
    private final Runnable changes;

    /** One that nobody sees, and that tells nobody of changes. */
    public MetadataExecutor(ConnectionFactory pool, Duration answerTimeout) {
        this(pool, answerTimeout, OperationObserver.NONE, () -> {});
    }

    /**
     * @param pool a bounded pool of connections of the gateway's login role
     * @param answerTimeout longer than the server's statement time-out
     * @param observer sees each operation
     * @param changes is run after an operation that changed something, at once and by whichever thread
     */
    public MetadataExecutor(
            ConnectionFactory pool, Duration answerTimeout, OperationObserver observer, Runnable changes) {
        this.pool = pool;
        this.answerTimeout = answerTimeout;
        this.observer = observer;
        this.changes = changes;
    }

    /** To be called with the result of an operation that may have left events. */
    void changed(Object result) {
        changes.run();
    }

    /** All rows of a statement on behalf of a caller, whose role and claims are its first two parameters. */
    <T> Mono<List<T>> rows(RlsContext caller, String sql, Function<Readable, T> mapper, Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = caller.role().databaseName();
        all[1] = caller.claims();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return rows(sql, mapper, all);
    }

    /** The one row of a statement on behalf of a caller. */
    <T> Mono<T> row(RlsContext caller, String sql, Function<Readable, T> mapper, Object... arguments) {
        return rows(caller, sql, mapper, arguments).map(rows -> rows.get(0));
    }

    /** The one row of a statement of the gateway itself. */
    <T> Mono<T> row(String sql, Function<Readable, T> mapper, Object... arguments) {
        return rows(sql, mapper, arguments).map(rows -> rows.get(0));
    }

    /** A statement of the gateway itself whose rows say nothing. */
    Mono<Void> run(String sql, Object... arguments) {
        return rows(sql, row -> "", arguments).then();
    }

    /** All rows of a statement of the gateway itself. */
    <T> Mono<List<T>> rows(String sql, Function<Readable, T> mapper, Object... arguments) {
        Mono<List<T>> once = Mono.usingWhen(
                acquired(), connection -> answered(connection, sql, mapper, arguments), Connection::close);
        Mono<List<T>> work = detached(once.onErrorMap(MetadataFailures::translated)
                .retryWhen(Retry.max(RETRIES_OF_PASSING)
                        .filter(MetadataFailures::passing)
                        .onRetryExhaustedThrow((spec, last) -> last.failure())));
        return observer.observed(sql, work);
    }

    /** What died in the pool while nobody used it, say by a restart of the server, is passed over. */
    private Mono<Connection> acquired() {
        return Mono.<Connection>from(pool.create())
                .retryWhen(Retry.max(MOST_DEAD_CONNECTIONS).filter(MetadataExecutor::diedInPool))
                .onErrorMap(MetadataFailures::notSent);
    }

    /** The pool's own word for a connection that is not open; it has no class of its own. */
    private static boolean diedInPool(Throwable failure) {
        return failure.getClass() == R2dbcNonTransientResourceException.class;
    }

    private <T> Mono<List<T>> answered(
            Connection connection, String sql, Function<Readable, T> mapper, Object... arguments) {
        Statement statement = connection.createStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.bind(i, arguments[i]);
        }
        return Flux.from(statement.execute())
                .concatMap(result -> result.map(mapper))
                .collectList()
                .timeout(answerTimeout, Mono.defer(() -> givenUp(connection)));
    }

    /** A connection whose answer is outstanding can't be used again: ends it, which the pool notices. */
    private static <T> Mono<T> givenUp(Connection connection) {
        Mono<Void> ended = connection instanceof Wrapped<?> pooled && pooled.unwrap() instanceof Connection physical
                ? Mono.from(physical.close())
                : Mono.empty();
        return ended.timeout(Duration.ofSeconds(1))
                .onErrorComplete()
                .then(Mono.error(
                        () -> new MetadataException(Kind.UNANSWERED, "the database did not answer in time", null)));
    }

    private static <T> Mono<T> detached(Mono<T> work) {
        return Mono.fromFuture(work::toFuture, true);
    }
}
