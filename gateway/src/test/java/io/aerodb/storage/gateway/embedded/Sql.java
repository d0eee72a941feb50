package io.aerodb.storage.gateway.embedded;

import io.aerodb.storage.gateway.wiring.EmbeddedDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A client of the embedded server. */
record Sql(EmbeddedDatabase database) {

    void execute(String statement) throws SQLException {
        try (Connection connection = connect()) {
            connection.createStatement().execute(statement);
        }
    }

    String ask(String query) throws SQLException {
        try (Connection connection = connect();
                ResultSet result = connection.createStatement().executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s".formatted(database.host(), database.port(), database.database()),
                database.superuser(),
                database.password());
    }
}
