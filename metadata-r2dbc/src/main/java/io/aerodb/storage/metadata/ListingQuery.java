package io.aerodb.storage.metadata;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a bucket is wanted.
 *
 * @param prefix what the names begin with; empty for all
 * @param delimited whether names with a slash behind the prefix are shown as their folder, once
 * @param search a part of an entry's own name, in upper or lower case; null for all
 * @param after the last entry of the page before; null for the first page
 * @param skip entries to leave out from there
 * @param size entries at most
 */
public record ListingQuery(
        String prefix,
        boolean delimited,
        @Nullable String search,
        Sort sort,
        boolean descending,
        @Nullable Position after,
        int skip,
        int size) {

    /** The same listing from behind this entry on. */
    public ListingQuery after(Position last) {
        return new ListingQuery(prefix, delimited, search, sort, descending, last, skip, size);
    }

    /** What entries are ordered by. Names break ties; where times order objects, folders come first, by name. */
    public enum Sort {
        NAME,
        CREATED_AT,
        UPDATED_AT,
        LAST_ACCESSED_AT;

        /** The column, and the word in the API. */
        public String column() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An entry in the order of a listing.
     *
     * @param name the object's name, or the folder's with its slash
     * @param time the object's time where times order; null for folders and where names order
     */
    public record Position(
            boolean folder, String name, @Nullable Instant time) {}
}
