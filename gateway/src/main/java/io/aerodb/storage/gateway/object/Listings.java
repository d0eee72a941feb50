package io.aerodb.storage.gateway.object;

import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.ListedEntry;
import io.aerodb.storage.metadata.ListingQuery;
import io.aerodb.storage.metadata.ListingQuery.Position;
import io.aerodb.storage.metadata.ListingQuery.Sort;
import io.aerodb.storage.metadata.ObjectListing;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.StorageObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Pages of what a caller sees in a bucket. One round trip each. */
final class Listings {

    private final ObjectListing listing;
    private final PageCursor cursors;

    Listings(ObjectListing listing, PageCursor cursors) {
        this.listing = listing;
        this.cursors = cursors;
    }

    /** @param next what continues behind the last entry; null when nothing does */
    record Page(List<ListedEntry> entries, @Nullable String next) {}

    Mono<List<ListedEntry>> entries(RlsContext caller, String bucket, ListingQuery query) {
        return PermissionChecker.given(caller, listing.page(caller, bucket, query), "select");
    }

    /** @param query whose size is one more than the page's */
    Mono<Page> page(RlsContext caller, String bucket, ListingQuery query, @Nullable String cursor) {
        ListingQuery from = cursor == null ? query : query.after(cursors.parse(caller, bucket, query, cursor));
        return entries(caller, bucket, from).map(entries -> page(caller, bucket, query, entries));
    }

    private Page page(RlsContext caller, String bucket, ListingQuery query, List<ListedEntry> entries) {
        if (entries.size() < query.size()) {
            return new Page(entries, null);
        }
        List<ListedEntry> shown = entries.subList(0, query.size() - 1);
        return new Page(shown, cursors.of(caller, bucket, query, position(shown.get(shown.size() - 1), query.sort())));
    }

    private static Position position(ListedEntry entry, Sort sort) {
        if (entry instanceof ListedEntry.Item item) {
            return new Position(false, item.object().path(), time(item.object(), sort));
        }
        return new Position(true, ((ListedEntry.Folder) entry).name(), null);
    }

    private static @Nullable Instant time(StorageObject object, Sort sort) {
        return switch (sort) {
            case NAME -> null;
            case CREATED_AT -> object.createdAt();
            case UPDATED_AT -> object.updatedAt();
            case LAST_ACCESSED_AT -> object.lastAccessedAt();
        };
    }
}
