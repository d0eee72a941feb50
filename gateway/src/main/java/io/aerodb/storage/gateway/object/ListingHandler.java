package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.auth.RlsContextFilter;
import io.aerodb.storage.gateway.http.Bodies;
import io.aerodb.storage.gateway.http.ObjectPaths;
import io.aerodb.storage.gateway.http.QueryNumbers;
import io.aerodb.storage.gateway.log.Facts;
import io.aerodb.storage.gateway.log.LogField;
import io.aerodb.storage.metadata.ListingQuery;
import io.aerodb.storage.metadata.ListingQuery.Sort;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** HTTP to {@link Listings} and back. */
final class ListingHandler {

    private final Listings listings;
    private final Bodies bodies;

    ListingHandler(Listings listings, Bodies bodies) {
        this.listings = listings;
        this.bodies = bodies;
    }

    /** A folder, with names relative to it. */
    Mono<ServerResponse> folder(ServerRequest request) {
        return bodies.json(request).map(ListRequest::folder).flatMap(query -> folder(request, query));
    }

    /** A page by cursor, with full names. */
    Mono<ServerResponse> page(ServerRequest request) {
        return bodies.json(request)
                .flatMap(fields -> page(
                        request, ListRequest.page(fields), fields.text("cursor").orElse(null)));
    }

    /** The same with everything in the query string. */
    Mono<ServerResponse> pageByQuery(ServerRequest request) {
        ListingQuery query = ListRequest.page(
                request.queryParam("prefix").orElse(""),
                request.queryParam("delimiter").map(ListingHandler::isSlash).orElse(false),
                Sort.NAME,
                false,
                QueryNumbers.of(request, "limit", ListRequest.MAX_PAGE, 1, ListRequest.MAX_PAGE));
        return page(request, query, request.queryParam("cursor").orElse(null));
    }

    private Mono<ServerResponse> folder(ServerRequest request, ListingQuery query) {
        Facts.of(request).note(LogField.PATH, query.prefix());
        return listings.entries(RlsContextFilter.of(request), ObjectPaths.bucketOf(request), query)
                .map(entries -> entries.stream()
                        .map(entry -> ListedJson.of(entry, query.prefix()))
                        .toList())
                .doOnNext(entries -> Facts.of(request).note(LogField.COUNT, entries.size()))
                .flatMap(entries -> ServerResponse.ok().bodyValue(entries));
    }

    private Mono<ServerResponse> page(ServerRequest request, ListingQuery query, @Nullable String cursor) {
        Facts.of(request).note(LogField.PATH, query.prefix());
        return listings.page(RlsContextFilter.of(request), ObjectPaths.bucketOf(request), query, cursor)
                .map(ListedJson.Page::of)
                .flatMap(page -> ServerResponse.ok().bodyValue(page));
    }

    private static boolean isSlash(String delimiter) {
        if (delimiter.isEmpty() || delimiter.equals("/")) {
            return !delimiter.isEmpty();
        }
        throw Named.refused("delimiter", "must be / or absent");
    }
}
