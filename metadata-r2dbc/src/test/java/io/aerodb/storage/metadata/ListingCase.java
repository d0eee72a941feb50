package io.aerodb.storage.metadata;

import io.aerodb.storage.metadata.ListingQuery.Position;
import io.aerodb.storage.metadata.ListingQuery.Sort;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The pages of {@link ManyObjects} that are looked at: first ones, and ones in the middle, where an OFFSET would count. */
enum ListingCase {
    NAME("", false, Sort.NAME, false, null),
    NAME_DOWN("", false, Sort.NAME, true, null),
    NAME_IN_THE_MIDDLE("", false, Sort.NAME, false, object("folder-50/", null)),
    NAME_DOWN_IN_THE_MIDDLE("", false, Sort.NAME, true, object("folder-50/", null)),
    CREATED("", false, Sort.CREATED_AT, false, null),
    CREATED_DOWN_IN_THE_MIDDLE("", false, Sort.CREATED_AT, true, object("x", "2026-01-13T10:00:00Z")),
    UPDATED_DOWN("", false, Sort.UPDATED_AT, true, null),
    UPDATED_IN_THE_MIDDLE("", false, Sort.UPDATED_AT, false, object("x", "2026-02-13T10:00:00Z")),
    FOLDERS("", true, Sort.NAME, false, null),
    FOLDERS_DOWN("", true, Sort.NAME, true, null),
    FOLDERS_BY_TIME("", true, Sort.CREATED_AT, true, null),
    SUBFOLDERS("folder-50/", true, Sort.NAME, false, null),
    FILES_OF_A_FOLDER("folder-50/sub-0/", true, Sort.NAME, false, null),
    FILES_OF_A_FOLDER_BY_TIME("folder-50/sub-0/", true, Sort.UPDATED_AT, true, null);

    private final String prefix;
    private final boolean delimited;
    private final Sort sort;
    private final boolean descending;
    private final @Nullable Position after;

    ListingCase(String prefix, boolean delimited, Sort sort, boolean descending, @Nullable Position after) {
        this.prefix = prefix;
        this.delimited = delimited;
        this.sort = sort;
        this.descending = descending;
        this.after = after;
    }

    ListingQuery of(int size) {
        return new ListingQuery(prefix, delimited, null, sort, descending, after, 0, size);
    }

    /** The same in SQL, as the gateway's login role calls it for an authenticated user. */
    String call(String user, String bucket, int size) {
        return "storage_private.object_page('authenticated', '{\"sub\":\"%s\",\"role\":\"authenticated\"}', '%s', '%s', %b, NULL, '%s', %b, false, %s, %s, 0, %d)"
                .formatted(
                        user,
                        bucket,
                        prefix,
                        delimited,
                        sort.column(),
                        descending,
                        after == null ? "NULL" : "'" + after.name() + "'",
                        after == null || after.time() == null ? "NULL" : "'" + after.time() + "'",
                        size);
    }

    private static Position object(String name, @Nullable String time) {
        return new Position(false, name, time == null ? null : Instant.parse(time));
    }
}
