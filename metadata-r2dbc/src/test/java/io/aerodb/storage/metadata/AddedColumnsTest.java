package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aerodb.storage.metadata.UploadDecision.Permitted;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gateway has prepared goes on when a migration of a later version gives tables more columns and functions other bodies. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AddedColumnsTest {

    private static final String WAITING =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    private final Uploading uploading = new Uploading(database);
    private final EventLog events = new EventLog(database.executor);
    private final String bucket = TestDatabase.unique("grown");

    @BeforeEach
    void prepare() {
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        use();
    }

    @Test
    void statementsThatWaitForTheMigrationArePlannedAnew() throws Exception {
        Permitted permitted = (Permitted) uploading.begin(Callers.ALICE, bucket, "file", WriteRule.CREATE);
        try (Connection migration = database.connectAsAdmin();
                Statement statement = migration.createStatement()) {
            migration.setAutoCommit(false);
            statement.execute("ALTER TABLE storage.objects ADD COLUMN awaited text NOT NULL DEFAULT 'so'");
            statement.execute("ALTER TABLE storage.events ADD COLUMN awaited text NOT NULL DEFAULT 'so'");
            Future<CommitOutcome> commit = database.objects
                    .commit(Callers.ALICE, Uploading.completion(permitted, "file", WriteRule.CREATE))
                    .toFuture();
            Future<List<StorageEvent>> told = events.after(0, 1000).toFuture();
            await("both to wait").until(() -> database.value(WAITING).equals("2"));
            migration.commit();

            assertThat(commit.get()).isInstanceOf(CommitOutcome.Committed.class);
            assertThat(told.get()).isNotEmpty();
        }
    }

    @Test
    void statementsThatWerePreparedBeforeGoOn() {
        database.admin("""
                DO $$
                DECLARE
                  changed regclass;
                  function regprocedure;
                BEGIN
                  FOR changed IN SELECT oid FROM pg_class
                    WHERE relnamespace IN ('storage'::regnamespace, 'storage_private'::regnamespace) AND relkind = 'r'
                  LOOP
                    EXECUTE format('ALTER TABLE %s ADD COLUMN later text NOT NULL DEFAULT ''so''', changed);
                  END LOOP;
                  FOR function IN SELECT oid FROM pg_proc WHERE pronamespace = 'storage_private'::regnamespace LOOP
                    EXECUTE pg_get_functiondef(function);
                  END LOOP;
                END $$""");

        use();
    }

    private void use() {
        for (int i = 0; i < 20; i++) {
            uploading.put(Callers.ALICE, bucket, "file-" + i);
            events.number(100).block();
            List<StorageEvent> told = events.after(0, 1000).block();
            assertThat(told).isNotEmpty();
        }
    }
}
