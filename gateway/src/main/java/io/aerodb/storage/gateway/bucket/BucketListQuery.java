package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.metadata.BucketSort;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * The query of {@code GET /bucket}.
 *
 * @param search a part of the name, null for all
 */
record BucketListQuery(int limit, int offset, @Nullable String search, BucketSort sort, boolean descending) {

    private static final int MAX_PAGE = 1000;

    static BucketListQuery of(ServerRequest request) {
        return new BucketListQuery(
                QueryNumbers.of(request, "limit", MAX_PAGE, 1, MAX_PAGE),
                QueryNumbers.of(request, "offset", 0, 0, Integer.MAX_VALUE),
                request.queryParam("search")
                        .filter(search -> !search.isEmpty())
                        .map(BucketListQuery::search)
                        .orElse(null),
                request.queryParam("sortColumn").map(BucketListQuery::sort).orElse(BucketSort.NAME),
                request.queryParam("sortOrder").map(BucketListQuery::descending).orElse(false));
    }

    private static String search(String text) {
        if (text.indexOf('\0') >= 0) {
            throw BucketFields.refused("search", "must not contain the character U+0000");
        }
        return text;
    }

    private static BucketSort sort(String column) {
        return Arrays.stream(BucketSort.values())
                .filter(sort -> sort.column().equals(column))
                .findFirst()
                .orElseThrow(() -> BucketFields.refused("sortColumn", "must be name, id, created_at or updated_at"));
    }

    private static boolean descending(String order) {
        return switch (order) {
            case "asc" -> false;
            case "desc" -> true;
            default -> throw BucketFields.refused("sortOrder", "must be asc or desc");
        };
    }
}
