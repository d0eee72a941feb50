package io.aerodb.storage.metadata;

import java.util.Optional;

/**
 * Which schema a database has. It serves gateways that were made for it, and older ones for as long as its migrations only
 * added to what these use.
 *
 * @param migration the number of the last migration; 0 where none was made yet
 * @param servesSince gateways whose last migration is an older one can't work with it
 */
public record SchemaVersion(int migration, int servesSince) {

    static final SchemaVersion NONE = new SchemaVersion(0, 0);

    /**
     * Why a gateway can't work with it, as sentences for its operator; empty when it can.
     *
     * @param own the last migration that the gateway knows
     */
    public Optional<String> objection(int own) {
        if (migration < own) {
            return Optional.of(tooOld(own));
        }
        return servesSince > own ? Optional.of(tooNew(own)) : Optional.empty();
    }

    private String tooOld(int own) {
        String has = migration == 0
                ? "The database has no schema yet, or one from before its migrations were numbered in it"
                : "The schema of the database is that of migration %d".formatted(migration);
        return has
                + ", and this gateway needs migration %d. Run migrate of this gateway's version, or set storage.database.migration.username, and start again."
                        .formatted(own);
    }

    private String tooNew(int own) {
        return "The schema of the database is that of migration %d, which serves gateways since migration %d, and the last one of this gateway is %d. Start a newer gateway, or restore a backup of the database from before the upgrade."
                .formatted(migration, servesSince, own);
    }
}
