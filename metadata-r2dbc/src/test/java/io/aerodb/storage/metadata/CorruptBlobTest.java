package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class CorruptBlobTest {

    private static final Relocation.Replacement NOTHING = Relocation.Replacement.NOTHING;

    private static TestDatabase database;
    private static Uploading uploading;

    @BeforeAll
    static void open() {
        database = new TestDatabase();
        uploading = new Uploading(database);
        uploading.bucket(Callers.ALICE, "corrupt", BucketPolicy.PRIVATE);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void isNewsOnceHoweverManyFindIt() {
        StorageObject object = uploading.put(Callers.ALICE, "corrupt", "once");

        assertThat(Flux.range(0, 8)
                        .flatMap(i -> database.ledger.corrupt(object.blobKey()))
                        .collectList()
                        .block())
                .hasSize(8)
                .containsOnlyOnce(true);

        assertThat(eventsOf("once")).isEqualTo("1");
        assertThat(database.value("SELECT corrupt_since IS NOT NULL FROM storage.blobs WHERE key = '%s'"
                        .formatted(object.blobKey())))
                .isEqualTo("t");
        assertThat(database.value("""
                SELECT object_id || ' ' || owner_id || ' ' || size || ' ' || version || ' ' || bucket || ' ' || (actor IS NULL)
                FROM storage.events WHERE type = 'storage.object.corrupted' AND path = 'once'"""))
                .isEqualTo("%s alice 3 %s corrupt true".formatted(object.id(), object.version()));
    }

    @Test
    void concernsEveryObjectThatHasTheBlob() {
        StorageObject object = uploading.put(Callers.ALICE, "corrupt", "source");
        database.changes
                .copy(Callers.ALICE, new Relocation("corrupt", "source", "corrupt", "copy"), WriteRule.CREATE, NOTHING)
                .block();

        assertThat(database.ledger.corrupt(object.blobKey()).block()).isTrue();

        assertThat(eventsOf("source")).isEqualTo("1");
        assertThat(eventsOf("copy")).isEqualTo("1");
    }

    @Test
    void isNothingToSayOfABlobThatNobodyRefersTo() {
        StorageObject object = uploading.put(Callers.ALICE, "corrupt", "gone");
        database.objects
                .delete(Callers.ALICE, "corrupt", "gone", WriteRule.OVERWRITE)
                .block();

        assertThat(database.ledger.corrupt(object.blobKey()).block()).isFalse();
        assertThat(database.ledger.corrupt("corrupt/00/unknown").block()).isFalse();
        assertThat(eventsOf("gone")).isEqualTo("0");
    }

    private static String eventsOf(String path) {
        return database.value(
                "SELECT count(*) FROM storage.events WHERE type = 'storage.object.corrupted' AND path = '%s'"
                        .formatted(path));
    }
}
