package io.aerodb.storage.metadata;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the migrations that a database does not have yet, also while gateways work with it: one that has to wait for a lock, with
 * all that is asked for the same table behind it, gives up soon, lets the others go first and comes again.
 */
final class Migrations {

    private static final String HISTORY = "storage_migrations";
    /** Of a database that starts at the same time; the waits grow to some 30 s in all. */
    private static final int CONNECT_RETRIES = 5;

    private static final int MOST_ATTEMPTS = 30;
    /** Lock not available, deadlock detected. */
    private static final Set<String> OUTRUN = Set.of("55P03", "40P01");

    private final Flyway flyway;

    /** @param lockTimeout for which others may have to wait at a time */
    Migrations(String jdbcUrl, String username, @Nullable String password, Duration lockTimeout) {
        this.flyway = Flyway.configure()
                .dataSource(jdbcUrl, username, password)
                .initSql("SET lock_timeout = %d".formatted(lockTimeout.toMillis()))
                .schemas(HISTORY)
                .connectRetries(CONNECT_RETRIES)
                .locations("classpath:db/migration")
                .load();
    }

    /** The number of the last one that the database has then, be it one of ours or of a newer gateway. */
    int run() {
        migrate(MOST_ATTEMPTS);
        return Integer.parseInt(flyway.info().current().getVersion().getVersion());
    }

    private void migrate(int attempts) {
        try {
            flyway.migrate();
        } catch (FlywayException failure) {
            if (attempts == 1 || !outrun(failure)) {
                throw failure;
            }
            migrate(attempts - 1);
        }
    }

    private static boolean outrun(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause -> cause instanceof SQLException sql && OUTRUN.contains(sql.getSQLState()));
    }
}
