package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Figures of a bucket of a million objects, for docs/performance.md: written to target/million-objects.md. */
@Tag("slow")
class MillionObjectsTest {

    private static final int ROUNDS = 100;
    private static final Path REPORT = Path.of("target", "million-objects.md");

    private static TestDatabase database;
    private static final List<String> report = new ArrayList<>();

    @BeforeAll
    static void fill() {
        database = new TestDatabase();
        ManyObjects.fill(database, 1_000_000);
    }

    @AfterAll
    static void close() throws IOException {
        database.close();
        Files.write(REPORT, report);
    }

    @Test
    void aPageOfAThousandIsFoundAmongAMillion() {
        report.add("| page of 1 000 | entries | sees all: p50 ms | p99 ms | entries | sees 2 %: p50 ms | p99 ms |");
        report.add("|---|---|---|---|---|---|---|");
        for (ListingCase each : ListingCase.values()) {
            ManyObjects.share(database);
            assertThat(page(Callers.BOB, each)).as("entries of %s", each).isPositive();
            String all = figures(Callers.BOB, each);
            ManyObjects.hide(database);
            report.add("| %s %s %s"
                    .formatted(each.name().toLowerCase().replace('_', ' '), all, figures(Callers.ALICE, each)));
        }
    }

    @Test
    void aFolderOfAHundredThousandIsMoved() {
        ManyObjects.share(database);
        RlsContext owner = Callers.user("dave");
        long[] millis = new long[6];
        for (int round = 0; round < millis.length; round++) {
            String from = round % 2 == 0 ? "folder-1" : "moved-1";
            String to = round % 2 == 0 ? "moved-1" : "folder-1";
            long start = System.nanoTime();
            Answer<BulkChange> moved = database.changes
                    .movePrefix(owner, ManyObjects.BUCKET, from, to)
                    .block();
            millis[round] = (System.nanoTime() - start) / 1_000_000;
            assertThat(((Answer.Given<BulkChange>) moved).value().changed()).isEqualTo(110_000);
        }
        report.add("move-prefix of 110 000 objects, ms, in order: " + Arrays.toString(millis));
    }

    private static String figures(RlsContext caller, ListingCase each) {
        int entries = page(caller, each);
        long[] micros = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            page(caller, each);
            micros[round] = (System.nanoTime() - start) / 1000;
        }
        Arrays.sort(micros);
        return "| %d | %.1f | %.1f |".formatted(entries, micros[ROUNDS / 2] / 1e3, micros[ROUNDS - 1] / 1e3);
    }

    private static int page(RlsContext caller, ListingCase each) {
        return ((Answer.Given<List<ListedEntry>>) database.listing
                        .page(caller, ManyObjects.BUCKET, each.of(1000))
                        .block())
                .value()
                .size();
    }
}
