package io.aerodb.storage.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A page reads blocks in proportion to its entries, not to the bucket: there are 3 000 blocks here, and 40 000 objects. */
class ListingPlansTest {

    private static final int ENTRIES = 20;
    /** A few for each entry; 50 where folders are sought beside times, for which callers who see 2 % have no index. */
    private static final int MOST_BLOCKS = 1500;

    private static final Pattern ROWS = Pattern.compile("\"Actual Rows\": (\\d+)");
    private static final Pattern HITS = Pattern.compile("\"Shared (?:Hit|Read) Blocks\": (\\d+)");

    private static TestDatabase database;

    @BeforeAll
    static void fill() {
        database = new TestDatabase();
        ManyObjects.fill(database, 40_000);
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void aCallerWhoSeesAllReadsWhatHeIsShown(ListingCase page) throws SQLException {
        ManyObjects.share(database);

        assertThat(blocks("bob", page)).isLessThan(MOST_BLOCKS);
    }

    @ParameterizedTest
    @EnumSource
    void aCallerWhoSeesTwoInAHundredReadsWhatHeIsShown(ListingCase page) throws SQLException {
        ManyObjects.hide(database);

        assertThat(blocks("alice", page)).isLessThan(MOST_BLOCKS);
    }

    /** Of the second call: the first one also fills the caches of its connection. */
    private static int blocks(String user, ListingCase page) throws SQLException {
        try (Connection connection = database.connectAsLogin()) {
            explain(connection, user, page);
            return explain(connection, user, page);
        }
    }

    private static int explain(Connection connection, String user, ListingCase page) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM "
                        + page.call(user, ManyObjects.BUCKET, ENTRIES))) {
            rows.next();
            Matcher entries = ROWS.matcher(rows.getString(1));
            assertThat(entries.find()).isTrue();
            assertThat(Integer.parseInt(entries.group(1)))
                    .as("entries and a header")
                    .isGreaterThan(1);
            return blocks(rows.getString(1));
        }
    }

    /** The sum of hits and reads of the root node, which come first. */
    private static int blocks(String plan) {
        Matcher blocks = HITS.matcher(plan);
        int sum = 0;
        for (int i = 0; i < 2 && blocks.find(); i++) {
            sum += Integer.parseInt(blocks.group(1));
        }
        return sum;
    }
}
