package io.aerodb.storage.database;

import io.aerodb.storage.harness.Database;
import java.util.List;
import java.util.Map;

/**
 * Notes what a pooled connection carries when an operation begins on it, and for whom it begins. Every operation on behalf
 * of a caller binds the claims first, by {@code storage_private.bind}: here that function looks at the session's role and
 * claims before it does what it always does. An operation that is rolled back takes its note with it; what it left behind
 * the next note says.
 */
record ConnectionProbe(Database database) {

    static ConnectionProbe into(Database database) {
        List.of(
                        "CREATE SCHEMA probe",
                        "GRANT USAGE ON SCHEMA probe TO PUBLIC",
                        // unlogged, so that reading still writes nothing that a commit would have to sync
                        "CREATE UNLOGGED TABLE probe.notes (id bigint GENERATED ALWAYS AS IDENTITY, pid int, role text,"
                                + " who text, claims text, caller text)",
                        """
                        CREATE FUNCTION probe.note(role text, who text, left_over text, claims text) RETURNS void
                        LANGUAGE sql SECURITY DEFINER AS $$
                          INSERT INTO probe.notes (pid, role, who, claims, caller) VALUES (pg_backend_pid(), role, who,
                            left_over, coalesce(claims::jsonb ->> 'sub', claims::jsonb ->> 'role')) $$""",
                        """
                        DO $do$ BEGIN
                          EXECUTE replace(pg_get_functiondef('storage_private.bind(text)'::regprocedure),
                            'storage_private.bind(', 'storage_private.bind_as_shipped(');
                        END $do$""",
                        """
                        CREATE OR REPLACE FUNCTION storage_private.bind(claims text) RETURNS text LANGUAGE sql AS $$
                          SELECT probe.note(current_setting('role'), current_user::text,
                            current_setting('request.jwt.claims', true), claims);
                          SELECT storage_private.bind_as_shipped(claims) $$""")
                .forEach(database::execute);
        return new ConnectionProbe(database);
    }

    long operations() {
        return database.count("SELECT count(*) FROM probe.notes");
    }

    /** Operations that found a role or claims of somebody before them. */
    List<Map<String, Object>> soiled() {
        return database.rows("SELECT * FROM probe.notes WHERE coalesce(claims, '') <> '' OR role <> 'none'"
                + " OR who <> 'storage_gateway' LIMIT 20");
    }

    /** How often a connection served one caller directly after another. */
    long changesOfCaller() {
        return database.count(
                "SELECT count(*) FROM (SELECT caller, lag(caller) OVER (PARTITION BY pid ORDER BY id) AS before"
                        + " FROM probe.notes) served WHERE caller <> before");
    }

    long connections() {
        return database.count("SELECT count(DISTINCT pid) FROM probe.notes");
    }

    long lastNote() {
        return database.count("SELECT max(id) FROM probe.notes");
    }

    /** Connections that have served callers, are still open, and were not lent since this note. */
    long notLentSince(long note) {
        return database.count(
                "SELECT count(*) FROM (SELECT pid FROM probe.notes GROUP BY pid HAVING max(id) <= ?) quiet"
                        + " JOIN pg_stat_activity USING (pid)",
                note);
    }
}
