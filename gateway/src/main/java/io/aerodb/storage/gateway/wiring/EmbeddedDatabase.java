package io.aerodb.storage.gateway.wiring;

/**
 * Where the embedded PostgreSQL listens and how to enter it as its superuser. A bean of this type is there exactly when
 * the embedded server is used; the server is ready when the bean is, and outlives every bean made after it.
 *
 * <p>Host and port stay the same for the life of this process, also when the server is restarted after a crash. They are
 * different at the next start.
 *
 * @param database exists and is empty at the first start
 * @param superuser owns the database; for migrations, not for the gateway's own work
 */
public record EmbeddedDatabase(String host, int port, String database, String superuser, String password) {

    @Override
    public String toString() {
        return "%s@%s:%d/%s".formatted(superuser, host, port, database);
    }
}
