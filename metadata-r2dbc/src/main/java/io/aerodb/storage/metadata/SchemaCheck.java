package io.aerodb.storage.metadata;

import reactor.core.publisher.Mono;

/** Asks a database which schema it has, with no more rights than those of the gateway's login role. */
public final class SchemaCheck {

    private static final String EXISTS =
            "SELECT to_regprocedure('storage_private.schema_version()') IS NOT NULL AS present";
    private static final String VERSION = "SELECT migration, serves_since FROM storage_private.schema_version()";

    private final MetadataExecutor executor;

    public SchemaCheck(MetadataExecutor executor) {
        this.executor = executor;
    }

    public Mono<SchemaVersion> version() {
        return executor.row(EXISTS, row -> Columns.required(row, "present", Boolean.class))
                .flatMap(present -> present ? existing() : Mono.just(SchemaVersion.NONE));
    }

    private Mono<SchemaVersion> existing() {
        return executor.row(
                VERSION,
                row -> new SchemaVersion(
                        Columns.required(row, "migration", Integer.class),
                        Columns.required(row, "serves_since", Integer.class)));
    }
}
