package io.aerodb.storage.listing;

import static io.aerodb.storage.harness.AnswerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Answer;
import io.aerodb.storage.harness.Api;
import io.aerodb.storage.harness.Bytes;
import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.SharedGateway;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A folder's entries, as Supabase clients list them. */
class ListV1IT {

    private final Gateway gateway = SharedGateway.get();
    private final Api api = gateway.asUser(Names.user());
    private final String bucket = api.newBucket("private");

    @Test
    void namesAreRelativeToThePrefixAndFoldersHaveNoId() {
        JsonNode uploaded = put("dir/b");
        put("dir/a/x");
        put("dir/a/y/z");
        put("dir2/c");

        JsonNode listed = list(Map.of("prefix", "dir")).json();

        assertThat(names(Map.of("prefix", "dir"))).containsExactly("a", "b");
        assertThat(listed.get(0).toString())
                .isEqualTo(
                        "{\"name\":\"a\",\"id\":null,\"updated_at\":null,\"created_at\":null,\"last_accessed_at\":null,\"metadata\":null}");
        assertThat(listed.get(1).path("id")).isEqualTo(uploaded.path("id"));
        assertThat(names(Map.of("prefix", "dir/"))).containsExactly("a", "b");
        assertThat(names(Map.of("prefix", "dir/a"))).containsExactly("x", "y");
        assertThat(names(Map.of())).containsExactly("dir", "dir2");
    }

    @Test
    void anItemCarriesWhatClientsReadOfIt() {
        JsonNode uploaded = api.upload(
                        bucket, "a", Bytes.of("12345"), "Content-Type", "text/plain", "Cache-Control", "max-age=60")
                .expect(201)
                .json();

        JsonNode item = list(Map.of()).json().get(0);

        assertThat(item.path("created_at")).isEqualTo(uploaded.path("created_at"));
        assertThat(item.path("updated_at")).isEqualTo(uploaded.path("updated_at"));
        assertThat(item.path("last_accessed_at").isString()).isTrue();
        JsonNode metadata = item.path("metadata");
        assertThat(metadata.path("eTag")).isEqualTo(uploaded.path("etag"));
        assertThat(metadata.path("size").longValue()).isEqualTo(5);
        assertThat(metadata.path("contentLength").longValue()).isEqualTo(5);
        assertThat(metadata.path("mimetype").stringValue()).isEqualTo("text/plain");
        assertThat(metadata.path("cacheControl").stringValue()).isEqualTo("max-age=60");
        assertThat(metadata.path("lastModified")).isEqualTo(uploaded.path("updated_at"));
        assertThat(metadata.path("httpStatusCode").intValue()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "a", "a/b", "/", "dir/non", "..", "%", "_"})
    void aPrefixThatIsNoFolderListsNothing(String prefix) {
        put("a");
        put("dir/none");

        assertThat(list(Map.of("prefix", prefix)).text()).isEqualTo("[]");
    }

    @Test
    void emptySegmentsAreFoldersToo() {
        put("a//b");

        assertThat(names(Map.of("prefix", "a"))).containsExactly("");
        assertThat(names(Map.of("prefix", "a//"))).containsExactly("b");
    }

    @Test
    void aFileAndAFolderOfOneNameStandSideBySide() {
        put("a");
        put("a/b");

        assertThat(names(Map.of())).containsExactly("a", "a");
        assertThat(list(Map.of()).each("id")).anyMatch(String::isEmpty).anyMatch(id -> !id.isEmpty());
    }

    @Test
    void aHundredEntriesAreListedUnlessAskedOtherwise() {
        gateway.database().multiply(put("seed").path("id").stringValue(), 1100);

        assertThat(names(Map.of("prefix", "f"))).hasSize(100).startsWith("0001").endsWith("0100");
        assertThat(names(Map.of("prefix", "f", "limit", 1_000_000_000))).hasSize(1000);
        assertThat(names(Map.of("prefix", "f", "limit", 3, "offset", 1098))).containsExactly("1099", "1100");
        assertThat(names(Map.of("prefix", "f", "limit", 2, "offset", 100))).containsExactly("0101", "0102");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "created_at", "updated_at", "last_accessed_at"})
    void anOffsetBehindTheEndListsNothing(String column) {
        put("a");

        for (int offset : new int[] {1, Integer.MAX_VALUE}) {
            assertThat(names(Map.of("offset", offset, "sortBy", Map.of("column", column))))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "name, asc, a b c folder",
        "name, desc, folder c b a",
        "created_at, asc, folder c a b",
        "created_at, desc, folder b a c",
        "updated_at, asc, folder a b c",
        "updated_at, desc, folder c b a",
        "last_accessed_at, asc, folder c a b",
        "last_accessed_at, desc, folder b a c"
    })
    void entriesAreSortedByWhatIsAskedFor(String column, String order, String expected) {
        put("c");
        put("a");
        put("b");
        put("folder/x");
        api.replace(bucket, "c", Bytes.of("new")).expect(200);

        assertThat(names(Map.of("sortBy", Map.of("column", column, "order", order))))
                .containsExactly(expected.split(" "));
    }

    @Test
    void pagesByOffsetTogetherAreTheWholeListing() {
        for (String path : List.of("a", "b/x", "b/y", "c", "d/z", "e")) {
            put(path);
        }

        for (String column : List.of("name", "created_at")) {
            Map<String, String> sortBy = Map.of("column", column);
            List<String> whole = names(Map.of("sortBy", sortBy));
            List<String> paged = new ArrayList<>();
            for (int offset = 0; offset < 6; offset += 2) {
                paged.addAll(names(Map.of("sortBy", sortBy, "limit", 2, "offset", offset)));
            }
            assertThat(paged).isEqualTo(whole).hasSize(5);
        }
    }

    @Test
    void aSearchFindsPartsOfNamesInAnyCaseAndTakesWildcardsLiterally() {
        for (String path :
                List.of("f/Holiday.jpg", "f/holidays/x", "f/work/holiday", "f/100%", "f/a_b", "f/axb", "holiday")) {
            put(path);
        }

        assertThat(search("HOLI")).containsExactly("Holiday.jpg", "holidays");
        assertThat(search("%")).containsExactly("100%");
        assertThat(search("_")).containsExactly("a_b");
        assertThat(search("\\")).isEmpty();
        assertThat(search("f/")).isEmpty();
        assertThat(search("s/")).isEmpty();
        assertThat(search("")).hasSize(6);
    }

    @Test
    void decomposedTextMeansItsComposedForm() {
        put("caf\u00e9/r\u00e9sum\u00e9");

        assertThat(names(Map.of("prefix", "cafe\u0301"))).containsExactly("r\u00e9sum\u00e9");
        assertThat(names(Map.of("prefix", "caf\u00e9", "search", "re\u0301"))).containsExactly("r\u00e9sum\u00e9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain;charset=UTF-8"})
    void anEmptyBodyListsTheTop(String contentType) {
        put("a");

        Answer listed =
                api.exchange("POST", "/object/list/" + bucket, BodyPublishers.noBody(), "Content-Type", contentType);

        assertThat(listed.expect(200).each("name")).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prefix        | {\"prefix\": 1}",
                "prefix        | {\"prefix\": \"a\\u0000\"}",
                "prefix        | {\"prefix\": \"\\ud800\"}",
                "limit         | {\"limit\": -1}",
                "limit         | {\"limit\": 0}",
                "limit         | {\"limit\": 1.5}",
                "limit         | {\"limit\": \"10\"}",
                "limit         | {\"limit\": true}",
                "offset        | {\"offset\": -1}",
                "offset        | {\"offset\": 1e30}",
                "offset        | {\"offset\": []}",
                "search        | {\"search\": {}}",
                "search        | {\"search\": \"a\\u0000\"}",
                "search        | {\"search\": \"\\udc00\"}",
                "sortBy        | {\"sortBy\": \"name\"}",
                "sortBy.column | {\"sortBy\": {\"column\": 1}}",
                "sortBy.column | {\"sortBy\": {\"column\": \"owner_id\"}}",
                "sortBy.column | {\"sortBy\": {\"column\": \"name; DROP TABLE storage.objects\"}}",
                "sortBy.order  | {\"sortBy\": {\"order\": false}}",
                "sortBy.order  | {\"sortBy\": {\"column\": \"name\", \"order\": \"ASC NULLS\"}}",
                "body          | {\"limit\": NaN}",
                "body          | [\"prefix\"]",
                "body          | {\"prefix\": \"a\", \"prefix\": \"b\"}"
            })
    void whatMakesNoSenseIsRefusedWithFieldAndReason(String field, String body) {
        assertThat(api.exchange("POST", "/object/list/" + bucket, BodyPublishers.ofString(body)))
                .isRefusedBecauseOf(field, "InvalidRequest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"prefix", "search"})
    void textsThatAreTooLongAreRefusedWithTheLimit(String field) {
        Answer refused = api.send("POST", "/object/list/" + bucket, Map.of(field, "\u00e9".repeat(513)));

        assertThat(refused).isRefusedBecauseOf(field, "InvalidRequest");
        assertThat(refused.json().path("limit").longValue()).isEqualTo(1024);
    }

    @Test
    void aMissingBucketIsNamedAsSuch() {
        assertThat(api.send("POST", "/object/list/" + Names.bucket("none"), Map.of()))
                .isRefused(404, "NoSuchBucket", "Bucket not found");
    }

    private JsonNode put(String path) {
        return api.upload(bucket, path, Bytes.of("x")).expect(201).json();
    }

    private List<String> search(String text) {
        return names(Map.of("prefix", "f", "search", text));
    }

    private List<String> names(Map<String, ?> body) {
        return list(body).each("name");
    }

    private Answer list(Map<String, ?> body) {
        return api.send("POST", "/object/list/" + bucket, body).expect(200);
    }
}
