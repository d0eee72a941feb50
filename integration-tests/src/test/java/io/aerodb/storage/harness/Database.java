package io.aerodb.storage.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A look into PostgreSQL past the gateway, as its superuser unless said otherwise. */
public record Database(String host, int port, String name, String user, String password) {

    private static final Map<Database, Connection> IDLE = new ConcurrentHashMap<>();

    /** The embedded server of a running gateway. */
    public static Database embeddedIn(Path data) {
        try {
            Path postgres = data.resolve("postgres");
            int port = Integer.parseInt(Files.readAllLines(postgres.resolve("data/postmaster.pid"))
                    .get(3)
                    .strip());
            String password =
                    Files.readString(postgres.resolve("superuser-password")).strip();
            return new Database("127.0.0.1", port, "aerodb_storage", "postgres", password);
        } catch (IOException notThere) {
            throw new UncheckedIOException(notThere);
        }
    }

    public Database named(String other) {
        return new Database(host, port, other, user, password);
    }

    public Connection connect() throws SQLException {
        return connect(user, password);
    }

    public Connection connect(String login, String secret) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d/%s?sslmode=disable".formatted(host, port, name), login, secret);
    }

    /** Makes many more objects of an object's blob in its bucket: {@code f/0001}, {@code f/0002} and so on. */
    public void multiply(String objectId, int count) {
        execute("""
                INSERT INTO storage.objects
                  (bucket_id, name, version, blob_key, backend, size, checksum, content_type, cache_control)
                SELECT o.bucket_id, 'f/' || to_char(n, 'FM990000'), gen_random_uuid(), o.blob_key,
                       o.backend, o.size, o.checksum, o.content_type, o.cache_control
                FROM storage.objects o, generate_series(1, ?) n WHERE o.id = ?::uuid""", count, objectId);
    }

    /** A session such as a SQL client of this role would have, with these claims. Ends without a commit. */
    public Connection session(String role, String claims) throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        run(connection, "SELECT set_config('request.jwt.claims', ?, false)", claims);
        run(connection, "SET ROLE " + role);
        return connection;
    }

    public void execute(String sql, Object... arguments) {
        borrowed(sql, connection -> {
            run(connection, sql, arguments);
            return List.of();
        });
    }

    public List<Map<String, Object>> rows(String sql, Object... arguments) {
        return borrowed(sql, connection -> rows(connection, sql, arguments));
    }

    public long count(String sql, Object... arguments) {
        return ((Number) rows(sql, arguments).get(0).values().iterator().next()).longValue();
    }

    public static void run(Connection connection, String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, arguments)) {
            statement.execute();
        }
    }

    public static List<Map<String, Object>> rows(Connection connection, String sql, Object... arguments)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, arguments);
                ResultSet result = statement.executeQuery()) {
            List<Map<String, Object>> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(row(result));
            }
            return rows;
        }
    }

    private List<Map<String, Object>> borrowed(String sql, Work work) {
        Connection idle = IDLE.remove(this);
        try {
            Connection connection = idle != null && idle.isValid(5) ? idle : connect();
            List<Map<String, Object>> result = work.on(connection);
            IDLE.put(this, connection);
            return result;
        } catch (SQLException failed) {
            throw new IllegalStateException(sql, failed);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... arguments)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            statement.setObject(i + 1, arguments[i]);
        }
        return statement;
    }

    private static Map<String, Object> row(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        Map<String, Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            row.put(columns.getColumnLabel(i), result.getObject(i));
        }
        return row;
    }

    @FunctionalInterface
    private interface Work {
        List<Map<String, Object>> on(Connection connection) throws SQLException;
    }
}
