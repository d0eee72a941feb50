package io.aerodb.storage.metadata;

import java.util.List;
import reactor.core.publisher.Mono;

/** Makes sure that the role the gateway logs in as has no power of its own, so that row security is all there is. */
public final class LoginRoleCheck {

    private static final String POWERS = """
            WITH login AS (
              SELECT l.*, (
                SELECT string_agg(m.rolname, ', ') FROM pg_roles m
                WHERE m.oid <> l.oid AND m.rolname <> 'service_role' AND pg_has_role(l.oid, m.oid, 'MEMBER')
                AND (m.rolsuper OR m.rolbypassrls OR m.rolcreaterole OR m.rolreplication OR m.rolname IN (
                     'storage_owner', 'pg_read_all_data', 'pg_write_all_data', 'pg_maintain', 'pg_execute_server_program',
                     'pg_read_server_files', 'pg_write_server_files'))) AS mighty
              FROM pg_roles l WHERE l.rolname = current_user)
            SELECT power FROM login r, LATERAL (VALUES
              (r.rolsuper, 'is a superuser'),
              (r.rolbypassrls, 'has BYPASSRLS'),
              (r.rolcreaterole, 'has CREATEROLE'),
              (r.rolreplication, 'has REPLICATION'),
              (r.rolinherit, 'has INHERIT, so that it holds the rights of the roles it may become'),
              (EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid), 'owns tables or views'),
              (EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid), 'owns functions'),
              (EXISTS (SELECT FROM pg_namespace n WHERE n.nspowner = r.oid), 'owns schemas'),
              (EXISTS (SELECT FROM pg_class c WHERE c.relnamespace IN ('storage'::regnamespace, 'storage_private'::regnamespace)
                       AND c.relkind IN ('r', 'v', 'p')
                       AND (has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                            OR has_any_column_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE'))),
               'has rights on tables of the storage schemas'),
              (NOT r.rolsuper AND r.mighty IS NOT NULL, 'may become ' || r.mighty)
            ) AS powers (held, power)
            WHERE held""";

    private final MetadataExecutor executor;

    public LoginRoleCheck(MetadataExecutor executor) {
        this.executor = executor;
    }

    /** What the role must not have, as a sentence for the operator; empty when it is harmless. */
    public Mono<String> objection() {
        return executor.rows(POWERS, row -> Columns.required(row, "power", String.class))
                .filter(powers -> !powers.isEmpty())
                .map(LoginRoleCheck::sentence);
    }

    private static String sentence(List<String> powers) {
        return "The database role of storage.database.username %s. Give the gateway a role of its own that is NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT and owns nothing."
                .formatted(String.join(", ", powers));
    }
}
