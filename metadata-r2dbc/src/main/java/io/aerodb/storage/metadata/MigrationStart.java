package io.aerodb.storage.metadata;

import io.r2dbc.spi.Readable;

/** The database's answer to a {@link MigrationOrder}. */
public sealed interface MigrationStart {

    /** It runs; or it is done already, because there was nothing to do. */
    record Started(Migration migration) implements MigrationStart {}

    /** Another one of the bucket runs. */
    record Running() implements MigrationStart {}

    record NoBucket() implements MigrationStart {}

    static MigrationStart from(Readable row) {
        return switch (Columns.required(row, "outcome", String.class)) {
            case "started" -> new Started(Migration.from(row));
            case "running" -> new Running();
            default -> new NoBucket();
        };
    }
}
