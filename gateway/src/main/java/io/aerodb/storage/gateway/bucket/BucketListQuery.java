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
    private static final int MAX_SEARCH = 100;

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

    private static String search(String part) {
        if (part.length() > MAX_SEARCH || part.chars().anyMatch(Character::isISOControl)) {
            throw BucketFields.refused(
                            "search", "must be at most %d characters, no control characters".formatted(MAX_SEARCH))
                    .with("limit", MAX_SEARCH);
        }
        return part;
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
