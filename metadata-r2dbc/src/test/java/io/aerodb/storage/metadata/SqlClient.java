package io.aerodb.storage.metadata;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A plain SQL client that works under a caller's role and claims, as an operator's own application would: it knows nothing
 * of the gateway. Each statement is one transaction.
 */
final class SqlClient implements AutoCloseable {

    private final Connection connection;

    SqlClient(TestDatabase database, RlsContext caller) {
        try {
            connection = database.connectAsLogin();
            run("SET ROLE " + caller.role().databaseName());
            run("SELECT set_config('request.jwt.claims', '%s', false)".formatted(caller.claims()));
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Runs SQL and answers the number of rows it changed. */
    int run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            return statement.getUpdateCount();
        }
    }

    /** The one value of a query. */
    String value(String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    /** What became of the SQL: the number of rows it changed, or the SQLSTATE of its failure. */
    String outcome(String sql) {
        try {
            return Integer.toString(run(sql));
        } catch (SQLException failure) {
            return failure.getSQLState();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
