package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.compat.AbsentOptions;
import io.aerodb.storage.gateway.http.JsonFields;
import io.aerodb.storage.metadata.ListingQuery;
import io.aerodb.storage.metadata.ListingQuery.Sort;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of the two forms of listing. */
final class ListRequest {

    static final int MAX_PAGE = 1000;
    private static final int DEFAULT_FOLDER_PAGE = 100;
    private static final List<Sort> PAGED = List.of(Sort.NAME, Sort.CREATED_AT, Sort.UPDATED_AT);

    private ListRequest() {}

    /** {@code POST /object/list}: the prefix is a folder, entries are counted off by offset. */
    static ListingQuery folder(JsonFields fields) {
        AbsentOptions.refuseForList(fields);
        JsonFields sortBy = fields.fields("sortBy").orElse(null);
        return new ListingQuery(
                Named.folder("prefix", fields.text("prefix").orElse("")),
                true,
                fields.text("search")
                        .filter(search -> !search.isEmpty())
                        .map(search -> Named.part("search", search))
                        .orElse(null),
                sort(sortBy, List.of(Sort.values())),
                descending(sortBy),
                null,
                (int) fields.wholeNumber("offset", 0, Integer.MAX_VALUE).orElse(0),
                limit(fields, DEFAULT_FOLDER_PAGE));
    }

    /** {@code POST /object/list-v2}: one entry more than the page is asked for, to know whether another page follows. */
    static ListingQuery page(JsonFields fields) {
        AbsentOptions.refuseForList(fields);
        JsonFields sortBy = fields.fields("sortBy").orElse(null);
        return page(
                fields.text("prefix").orElse(""),
                fields.flag("with_delimiter").orElse(false),
                sort(sortBy, PAGED),
                descending(sortBy),
                limit(fields, MAX_PAGE));
    }

    static ListingQuery page(String prefix, boolean delimited, Sort sort, boolean descending, int limit) {
        return new ListingQuery(Named.part("prefix", prefix), delimited, null, sort, descending, null, 0, limit + 1);
    }

    private static int limit(JsonFields fields, int absent) {
        return (int) Math.min(
                MAX_PAGE, fields.wholeNumber("limit", 1, Long.MAX_VALUE).orElse(absent));
    }

    private static Sort sort(@Nullable JsonFields sortBy, List<Sort> allowed) {
        String column = sortBy == null ? "name" : sortBy.text("column").orElse("name");
        return Arrays.stream(Sort.values())
                .filter(sort -> sort.column().equals(column) && allowed.contains(sort))
                .findFirst()
                .orElseThrow(() -> Named.refused(
                        "sortBy.column",
                        "must be one of " + allowed.stream().map(Sort::column).toList()));
    }

    private static boolean descending(@Nullable JsonFields sortBy) {
        String order = sortBy == null ? "asc" : sortBy.text("order").orElse("asc");
        return switch (order) {
            case "asc" -> false;
            case "desc" -> true;
            default -> throw Named.refused("sortBy.order", "must be asc or desc");
        };
    }
}
