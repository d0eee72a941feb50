package io.aerodb.storage.listing;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Database;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Pages by cursor. */
class ListV2IT {

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @Test
    void namesAreFullAndTheLastPageHasNoCursor() {
        JsonNode uploaded = put("dir/b");
        put("dir/a/x");

        Answer page = page(Map.of());

        assertThat(page.each("objects", "name")).containsExactly("dir/a/x", "dir/b");
        assertThat(page.json().path("objects").get(1).path("id")).isEqualTo(uploaded.path("id"));
        assertThat(page.json().path("folders").isEmpty()).isTrue();
        assertThat(page.json().path("hasNext").booleanValue()).isFalse();
        assertThat(page.json().has("nextCursor")).isFalse();
        assertThat(page.json().propertyNames()).containsExactlyInAnyOrder("objects", "folders", "hasNext");
    }

    @Test
    void anEmptyBucketIsOneEmptyPage() {
        assertThat(page(Map.of()).text()).isEqualTo("{\"objects\":[],\"folders\":[],\"hasNext\":false}");
        assertThat(page(Map.of("prefix", "none", "with_delimiter", true))
                        .json()
                        .path("objects")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void withADelimiterDirectChildrenAndFoldersAreShown() {
        Stream.of("a", "dir/x", "dir/y", "dir-2/z", "e").forEach(this::put);

        Answer page = page(Map.of("with_delimiter", true));

        assertThat(page.each("objects", "name")).containsExactly("a", "e");
        assertThat(page.each("folders", "name")).containsExactly("dir-2/", "dir/");
        assertThat(page(Map.of("with_delimiter", true, "prefix", "dir/")).each("objects", "name"))
                .containsExactly("dir/x", "dir/y");
        assertThat(page(Map.of("with_delimiter", true, "prefix", "dir")).each("folders", "name"))
                .containsExactly("dir-2/", "dir/");
    }

    @Test
    void aPrefixIsTheBeginningOfANameAndNoPattern() {
        Stream.of("images", "images/a", "images2", "im_ges", "im%ges", "Images").forEach(this::put);

        assertThat(names(Map.of("prefix", "images"))).containsExactly("images", "images/a", "images2");
        assertThat(names(Map.of("prefix", "images/"))).containsExactly("images/a");
        assertThat(names(Map.of("prefix", "im_"))).containsExactly("im_ges");
        assertThat(names(Map.of("prefix", "im%"))).containsExactly("im%ges");
        assertThat(names(Map.of("prefix", "images3"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"name, asc", "name, desc", "created_at, asc", "created_at, desc", "updated_at, asc", "updated_at, desc"
    })
    void pagesTogetherAreTheWholeListingAlsoWhereTimesAreEqual(String column, String order) throws SQLException {
        Stream.of("a", "b", "b/1", "b/2", "c/x/y", "c/z", "d", "e", "\ud83d\ude00", "z")
                .forEach(this::put);
        atFewMoments();
        for (boolean delimited : new boolean[] {true, false}) {
            Map<String, Object> query = Map.of(
                    "with_delimiter", delimited, "sortBy", Map.of("column", column, "order", order), "limit", 1000);

            List<String> whole = entries(page(query));

            assertThat(whole).hasSize(delimited ? 8 : 10).doesNotHaveDuplicates();
            for (int limit : new int[] {1, 2, 3, 7}) {
                List<String> paged = paged(query, limit);
                assertThat(paged).as("by %d", limit).containsExactlyInAnyOrderElementsOf(whole);
                assertThat(delimited && column.equals("name") || paged.equals(whole))
                        .as("in order, %s", paged)
                        .isTrue();
            }
        }
    }

    @Test
    void objectsOfOneMomentAreOrderedByName() throws SQLException {
        Stream.of("b", "a", "d", "c").forEach(this::put);
        at("updated_at = '2026-01-01Z', created_at = '2026-01-01Z'");

        assertThat(names(sorted("created_at", "asc"))).containsExactly("a", "b", "c", "d");
        assertThat(names(sorted("updated_at", "desc"))).containsExactly("d", "c", "b", "a");
    }

    @Test
    void momentsWithinOneMillisecondAreToldApart() throws SQLException {
        Stream.of("a", "b", "c", "d").forEach(this::put);
        at(
                "created_at = '2026-01-01T00:00:00.123456Z'::timestamptz + (ascii('d') - ascii(o.name)) * interval '1 microsecond'");

        assertThat(names(sorted("created_at", "asc"))).containsExactly("d", "c", "b", "a");
        assertThat(paged(sorted("created_at", "asc"), 1)).containsExactly("d", "c", "b", "a");
    }

    @Test
    void whatIsWrittenBehindTheCursorIsSeenAndWhatIsDeletedUnderItHurtsNobody() {
        Stream.of("a", "b", "d").forEach(this::put);
        Answer first = page(Map.of("limit", 2));
        api.remove(bucket, "b").expect(204);
        put("c");
        put("aa");

        assertThat(names(Map.of("cursor", first.field("nextCursor")))).containsExactly("c", "d");
    }

    @Test
    void aThousandEntriesAreListedAtMost() {
        gateway.database().multiply(put("a").path("id").stringValue(), 1001);

        for (Map<String, Object> query : List.<Map<String, Object>>of(Map.of(), Map.of("limit", 1_000_000_000))) {
            Answer first = page(query);
            assertThat(first.each("objects", "name")).hasSize(1000);
            assertThat(first.json().path("hasNext").booleanValue()).isTrue();
            assertThat(names(Map.of("cursor", first.field("nextCursor")))).containsExactly("f/1000", "f/1001");
        }
        assertThat(page(Map.of("limit", 1000, "prefix", "f/000"))
                        .json()
                        .path("hasNext")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void aPageThatEndsWithTheLastEntryHasNoNext() {
        Stream.of("a", "b").forEach(this::put);

        assertThat(page(Map.of("limit", 2)).json().path("hasNext").booleanValue())
                .isFalse();
        assertThat(page(Map.of("limit", 1)).json().path("hasNext").booleanValue())
                .isTrue();
    }

    @Test
    void theQueryFormListsTheSame() {
        Stream.of("dir/a", "dir/b", "dir/sub/c", "e").forEach(this::put);

        assertThat(get("").json()).isEqualTo(page(Map.of()).json());
        assertThat(get("?prefix=dir%2F&delimiter=%2F").json())
                .isEqualTo(
                        page(Map.of("prefix", "dir/", "with_delimiter", true)).json());
        assertThat(get("?delimiter=/").each("folders", "name")).containsExactly("dir/");
        Answer first = get("?limit=2");
        assertThat(first.each("objects", "name")).containsExactly("dir/a", "dir/b");
        assertThat(get("?limit=2&cursor=" + first.field("nextCursor")).each("objects", "name"))
                .containsExactly("dir/sub/c", "e");
        assertThat(get("?limit=1000000000").each("objects", "name")).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit     | limit=-1",
                "limit     | limit=0",
                "limit     | limit=NaN",
                "limit     | limit=1.5",
                "delimiter | delimiter=x",
                "prefix    | prefix=a%00",
                "cursor    | cursor=",
                "cursor    | cursor=abc"
            })
    void queriesThatMakeNoSenseAreRefusedWithFieldAndReason(String field, String query) {
        assertThat(api.get("/object/list/" + bucket + "?" + query)).isRefusedBecauseOf(field, "InvalidRequest");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prefix         | {\"prefix\": []}",
                "prefix         | {\"prefix\": \"\\ud800\"}",
                "limit          | {\"limit\": 0}",
                "limit          | {\"limit\": \"many\"}",
                "with_delimiter | {\"with_delimiter\": \"/\"}",
                "sortBy         | {\"sortBy\": [\"name\"]}",
                "sortBy.column  | {\"sortBy\": {\"column\": \"last_accessed_at\"}}",
                "sortBy.order   | {\"sortBy\": {\"order\": \"up\"}}",
                "cursor         | {\"cursor\": 1}",
                "cursor         | {\"cursor\": \"\"}",
                "cursor         | {\"cursor\": \"not base64!\"}",
                "cursor         | {\"cursor\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}"
            })
    void bodiesThatMakeNoSenseAreRefusedWithFieldAndReason(String field, String body) {
        assertThat(api.exchange("POST", "/object/list-v2/" + bucket, BodyPublishers.ofString(body)))
                .isRefusedBecauseOf(field, "InvalidRequest");
    }

    private JsonNode put(String path) {
        return api.upload(bucket, path, Bytes.of("x")).expect(201).json();
    }

    private void atFewMoments() throws SQLException {
        at("""
                created_at = '2026-01-01Z'::timestamptz + (ascii(o.name) % 2) * interval '1 second',
                updated_at = '2026-01-01Z'::timestamptz + (ascii(o.name) % 3) * interval '1 second'""");
    }

    /** Past the triggers, which keep the times. */
    private void at(String assignments) throws SQLException {
        try (Connection session = gateway.database().connect()) {
            Database.run(session, "SET session_replication_role = replica");
            Database.run(
                    session,
                    "UPDATE storage.objects o SET " + assignments
                            + " FROM storage.buckets b WHERE b.id = o.bucket_id AND b.name = ?",
                    bucket);
        }
    }

    private static Map<String, Object> sorted(String column, String order) {
        return Map.of("sortBy", Map.of("column", column, "order", order));
    }

    /** All pages, one after the other. */
    private List<String> paged(Map<String, Object> query, int limit) {
        Map<String, Object> next = new HashMap<>(query);
        next.put("limit", limit);
        List<String> seen = new ArrayList<>();
        Answer page;
        do {
            page = page(next);
            assertThat(entries(page)).hasSizeBetween(1, limit);
            seen.addAll(entries(page));
            next.put("cursor", page.field("nextCursor"));
        } while (page.json().path("hasNext").booleanValue());
        return seen;
    }

    private static List<String> entries(Answer page) {
        return Stream.concat(page.each("folders", "name").stream(), page.each("objects", "name").stream())
                .toList();
    }

    private List<String> names(Map<String, Object> body) {
        return page(body).each("objects", "name");
    }

    private Answer page(Map<String, Object> body) {
        return api.send("POST", "/object/list-v2/" + bucket, body).expect(200);
    }

    private Answer get(String query) {
        return api.get("/object/list/" + bucket + query).expect(200);
    }
}
