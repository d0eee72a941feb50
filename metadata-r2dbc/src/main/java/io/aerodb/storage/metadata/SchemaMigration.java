package io.aerodb.storage.metadata;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Brings a database to this version's schema and enrols the gateway's login role. Safe to run again, and by several
 * instances at once; a newer schema is left as it is. Blocks: for start-up and for a migration job, never for a request.
 */
public final class SchemaMigration {

    private static final long ENROLMENT_LOCK = 0x6165726f6462L;
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    private static final int ENROLMENT_ATTEMPTS = 10;
    /** Tuple concurrently updated, unique violation, duplicate object. */
    private static final Set<String> RACED = Set.of("XX000", "23505", "42710");

    private static final List<String> CALLER_ROLES = List.of("anon", "authenticated", "service_role");

    private static final String EXISTS = "SELECT FROM pg_roles WHERE rolname = ?";
    private static final String INHERITS = EXISTS + " AND (rolinherit OR pg_has_role(oid, 'anon', 'USAGE')"
            + " OR pg_has_role(oid, 'authenticated', 'USAGE') OR pg_has_role(oid, 'service_role', 'USAGE'))";

    private static final String NOTE =
            "UPDATE storage_private.configuration SET migration = %1$d WHERE migration < %1$d";
    private static final String VERSION = "SELECT migration, serves_since FROM storage_private.configuration";

    private final String jdbcUrl;
    private final String username;
    private final @Nullable String password;

    /**
     * @param jdbcUrl of the database, which must exist
     * @param username a role that may create roles and schemas; no superuser is needed
     */
    public SchemaMigration(String jdbcUrl, String username, @Nullable String password) {
        this.jdbcUrl = jdbcUrl;
        this.username = username;
        this.password = password;
    }

    /**
     * @param login the role the gateway logs in as, made when absent; it gets the right to execute the gateway's functions
     *     and to become a caller's role, nothing else
     * @param loginPassword set for the role when given, as a SCRAM verifier; null leaves what it has
     * @return what the database has now, which a newer gateway may have made
     */
    public SchemaVersion run(String login, @Nullable String loginPassword) {
        int last = new Migrations(jdbcUrl, username, password, LOCK_TIMEOUT).run();
        try {
            return enrol(login, loginPassword, last, ENROLMENT_ATTEMPTS);
        } catch (SQLException failure) {
            throw new IllegalStateException(
                    "could not enrol the login role '%s': %s".formatted(login, failure.getMessage()), failure);
        }
    }

    /** Roles belong to the whole server, locks to one database: what another database's migration changed is tried again. */
    private SchemaVersion enrol(String login, @Nullable String loginPassword, int last, int attempts)
            throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl, username, password)) {
            connection.setAutoCommit(false); // gateways that run meanwhile see the old rights or the new ones
            enrol(connection, login, loginPassword);
            SchemaVersion version = noted(connection, last);
            connection.commit();
            return version;
        } catch (SQLException failure) {
            if (attempts == 1 || !RACED.contains(failure.getSQLState())) {
                throw failure;
            }
            return enrol(login, loginPassword, last, attempts - 1);
        }
    }

    private static void enrol(Connection connection, String login, @Nullable String loginPassword) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String role = statement.enquoteIdentifier(login, true);
            String callers = String.join(", ", CALLER_ROLES);
            statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(ENROLMENT_LOCK));
            if (!any(connection, EXISTS, login)) {
                statement.execute("CREATE ROLE %s LOGIN NOINHERIT".formatted(role));
            } else if (any(connection, INHERITS, login)) {
                statement.execute("ALTER ROLE %s NOINHERIT".formatted(role));
                // a membership keeps the inheritance it was granted with
                statement.execute("REVOKE %s FROM %s".formatted(callers, role));
            }
            if (loginPassword != null) {
                connection
                        .unwrap(PGConnection.class)
                        .alterUserPassword(login, loginPassword.toCharArray(), "scram-sha-256");
            }
            statement.execute("GRANT %s TO %s".formatted(callers, role));
            statement.execute("SET ROLE storage_owner");
            statement.execute("GRANT USAGE ON SCHEMA storage, storage_private TO " + role);
            statement.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA storage_private TO " + role);
        }
    }

    /** As the owner, whom the enrolment has become. */
    private static SchemaVersion noted(Connection connection, int last) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(NOTE.formatted(last));
            try (ResultSet row = statement.executeQuery(VERSION)) {
                row.next();
                return new SchemaVersion(row.getInt(1), row.getInt(2));
            }
        }
    }

    private static boolean any(Connection connection, String sql, String role) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, role);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }
}
