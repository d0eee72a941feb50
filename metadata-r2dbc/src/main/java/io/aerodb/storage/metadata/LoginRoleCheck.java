package io.aerodb.storage.metadata;

import java.util.List;
import reactor.core.publisher.Mono;

/** Makes sure that the role the gateway logs in as has no power of its own, so that row security is all there is. */
public final class LoginRoleCheck {

    private static final String POWERS = """
            SELECT power FROM pg_roles r, LATERAL (VALUES
              (r.rolsuper, 'is a superuser'),
              (r.rolbypassrls, 'has BYPASSRLS'),
              (r.rolcreaterole, 'has CREATEROLE'),
              (r.rolinherit, 'has INHERIT, so that it holds the rights of the roles it may become'),
              (EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid), 'owns tables or views'),
              (EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid), 'owns functions'),
              (EXISTS (SELECT FROM pg_namespace n WHERE n.nspowner = r.oid), 'owns schemas'),
              (EXISTS (SELECT FROM pg_class c WHERE c.relnamespace IN ('storage'::regnamespace, 'storage_private'::regnamespace)
                       AND c.relkind IN ('r', 'v', 'p') AND has_table_privilege(r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE')),
               'has rights on tables of the storage schemas'),
              (pg_has_role(r.oid, 'storage_owner', 'MEMBER'), 'is a member of storage_owner')
            ) AS powers (held, power)
            WHERE r.rolname = current_user AND held""";

    private final MetadataExecutor executor;

    public LoginRoleCheck(MetadataExecutor executor) {
        this.executor = executor;
    }

    /** Completes when the role is harmless; fails with a sentence for the operator when it is not. */
    public Mono<Void> run() {
        return executor.rows(POWERS, row -> Columns.required(row, "power", String.class))
                .flatMap(LoginRoleCheck::verdict);
    }

    private static Mono<Void> verdict(List<String> powers) {
        return powers.isEmpty()
                ? Mono.empty()
                : Mono.error(() -> new IllegalStateException(
                        "The database role of storage.database.username %s. Give the gateway a role of its own that is NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT and owns nothing."
                                .formatted(String.join(", ", powers))));
    }
}
