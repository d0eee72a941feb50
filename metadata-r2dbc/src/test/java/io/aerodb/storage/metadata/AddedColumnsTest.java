package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gateway has prepared goes on when a migration of a later version gives tables more columns and functions other bodies. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AddedColumnsTest {

    @AutoClose
    private static final TestDatabase database = new TestDatabase();

    @Test
    void statementsThatWerePreparedBeforeGoOn() {
        String bucket = TestDatabase.unique("grown");
        Uploading uploading = new Uploading(database);
        uploading.bucket(Callers.ALICE, bucket, BucketPolicy.PRIVATE);
        EventLog events = new EventLog(database.executor);
        use(uploading, events, bucket);

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

        use(uploading, events, bucket);
    }

    private static void use(Uploading uploading, EventLog events, String bucket) {
        for (int i = 0; i < 20; i++) {
            uploading.put(Callers.ALICE, bucket, "file-" + i);
            events.number(100).block();
            List<StorageEvent> told = events.after(0, 1000).block();
            assertThat(told).isNotEmpty();
        }
    }
}
