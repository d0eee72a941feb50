package io.aerodb.storage.upgrade;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Launch;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Gateways that start on a schema that was not made for them: after a rollback, rescheduled in an upgrade, or before the migration. */
class SchemaVersionsIT {

    private final Release release = new Release();
    private final Database database = release.database().database();

    SchemaVersionsIT() throws IOException {}

    /** In one test, for one state leads to the next. */
    @Test
    void aSchemaIsForGatewaysOfItsVersionAndForOlderOnesUnlessAMigrationSaysNo() throws Exception {
        Shell migration = release.migrate(NewerGateway.jar());
        assertThat(migration.exitCode()).as(migration.err()).isZero();
        int own;
        try (Gateway older = release.gateway(release.jar()).start()) {
            works(older.asUser(Names.user()));
            own = ownMigration(older.output());
        }

        database.execute("UPDATE storage_private.configuration SET serves_since = migration");
        String noLonger =
                "The schema of the database is that of migration %1$d, which serves gateways since migration %1$d, and the last one of this gateway is %2$d. "
                        .formatted(NewerGateway.MIGRATION, own);
        assertThat(refusal(release.gateway(release.jar()))).startsWith(noLonger);
        Shell downgrade = release.migrate(release.jar());
        assertThat(downgrade.exitCode()).isEqualTo(1);
        assertThat(downgrade.err()).startsWith(noLonger);

        database.execute("UPDATE storage_private.configuration SET serves_since = 0, migration = ?", own);
        assertThat(refusal(release.gateway(NewerGateway.jar())))
                .isEqualToIgnoringNewLines(
                        "The schema of the database is that of migration %d, and this gateway needs migration %d. Run migrate of this gateway's version, or set storage.database.migration.username, and start again."
                                .formatted(own, NewerGateway.MIGRATION));
    }

    private static int ownMigration(String output) {
        Matcher newer = Pattern.compile(
                        "event=schema_is_newer migration=%d own=(\\d+)".formatted(NewerGateway.MIGRATION))
                .matcher(output);
        assertThat(newer.find()).as(output).isTrue();
        return Integer.parseInt(newer.group(1));
    }

    private static void works(Api api) {
        String bucket = api.newBucket("private");
        byte[] content = Bytes.of("content");
        assertThat(api.upload(bucket, "file", content)).hasStatus(201);
        assertThat(api.download(bucket, "file")).hasStatus(200).hasBody(content);
        assertThat(api.move(bucket, "file", "moved")).hasStatus(200);
        assertThat(api.remove(bucket, "moved")).hasStatus(204);
    }

    private static String refusal(Launch launch) throws Exception {
        Launch.Exit exit = launch.runToEnd();
        assertThat(exit.code()).as(exit.output()).isEqualTo(1);
        return exit.output();
    }
}
