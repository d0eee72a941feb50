package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemaVersionTest {

    @Test
    void aSchemaServesTheGatewayItWasMadeForAndOlderOnesDownToItsMark() {
        SchemaVersion schema = new SchemaVersion(30, 25);

        assertThat(schema.objection(30)).isEmpty();
        assertThat(schema.objection(25)).isEmpty();
        assertThat(schema.objection(24))
                .contains(
                        "The schema of the database is that of migration 30, which serves gateways since migration 25, and the last one of this gateway is 24. Start a newer gateway, or restore a backup of the database from before the upgrade.");
    }

    @Test
    void aSchemaIsTooOldForAnyNewerGateway() {
        assertThat(new SchemaVersion(30, 25).objection(31))
                .contains(
                        "The schema of the database is that of migration 30, and this gateway needs migration 31. Run migrate of this gateway's version, or set storage.database.migration.username, and start again.");
    }

    @Test
    void aDatabaseWithoutASchemaSaysSo() {
        try (TestDatabase database = new TestDatabase()) {
            database.admin("DROP FUNCTION storage_private.schema_version()");

            SchemaVersion none = Objects.requireNonNull(
                    new SchemaCheck(database.executor).version().block());

            assertThat(none.objection(1).orElseThrow()).startsWith("The database has no schema yet");
        }
    }
}
