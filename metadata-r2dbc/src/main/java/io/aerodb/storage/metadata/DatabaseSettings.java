package io.aerodb.storage.metadata;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach PostgreSQL, and the bounds of doing so.
 *
 * @param username the gateway's login role
 * @param sslMode as libpq's {@code sslmode}: disable, allow, prefer, require, verify-ca, verify-full
 * @param sslRootCertificate PEM file of the authorities that may have signed the server's certificate; null for those of the JVM
 * @param acquireTimeout longest wait for a pooled connection
 * @param statementTimeout the server cancels a statement after it
 * @param maxPendingAcquires callers that may wait for a connection; further ones fail at once
 * @param loops threads that serve the connections
 */
public record DatabaseSettings(
        String host,
        int port,
        String database,
        String username,
        @Nullable String password,
        String sslMode,
        @Nullable Path sslRootCertificate,
        Duration connectTimeout,
        Duration acquireTimeout,
        Duration statementTimeout,
        int maxPendingAcquires,
        int loops) {

    /** How long an answer may take before the server is taken for dead: beyond its own limit. */
    public Duration answerTimeout() {
        return statementTimeout.plusSeconds(5);
    }

    /** Whether a server with a certificate that is not trusted is refused. */
    public boolean verifiesServer() {
        return sslMode.startsWith("verify-");
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "%s@%s:%d/%s".formatted(username, host, port, database);
    }
}
