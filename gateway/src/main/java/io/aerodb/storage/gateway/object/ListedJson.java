package io.aerodb.storage.gateway.object;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.aerodb.storage.metadata.ListedEntry;
import io.aerodb.storage.metadata.ListedEntry.Folder;
import io.aerodb.storage.metadata.ListedEntry.Item;
import io.aerodb.storage.metadata.StorageObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An entry of a listing, in the shape that Supabase clients read. Of a folder everything but the name is null. */
record ListedJson(
        String name,
        @Nullable String id,
        @JsonProperty("updated_at") @Nullable String updatedAt,
        @JsonProperty("created_at") @Nullable String createdAt,
        @JsonProperty("last_accessed_at") @Nullable String lastAccessedAt,
        @Nullable Facts metadata) {

    record Facts(
            @JsonProperty("eTag") String etag,
            long size,
            String mimetype,
            String cacheControl,
            String lastModified,
            long contentLength,
            int httpStatusCode) {

        static Facts of(StorageObject object) {
            return new Facts(
                    object.etag(),
                    object.size(),
                    object.contentType(),
                    object.cacheControl(),
                    object.updatedAt().toString(),
                    object.size(),
                    200);
        }
    }

    /** A page by cursor: full names, folders apart. */
    record Page(
            List<ListedJson> objects,
            List<ListedFolder> folders,
            boolean hasNext,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String nextCursor) {

        static Page of(Listings.Page page) {
            return new Page(
                    page.entries().stream()
                            .filter(Item.class::isInstance)
                            .map(item -> ListedJson.of(item, ""))
                            .toList(),
                    page.entries().stream()
                            .filter(Folder.class::isInstance)
                            .map(folder -> new ListedFolder(((Folder) folder).name()))
                            .toList(),
                    page.next() != null,
                    page.next());
        }
    }

    record ListedFolder(String name) {}

    /** @param folder what the names are relative to */
    static ListedJson of(ListedEntry entry, String folder) {
        if (entry instanceof Item item) {
            return of(item.object(), folder);
        }
        String name = ((Folder) entry).name();
        return new ListedJson(name.substring(folder.length(), name.length() - 1), null, null, null, null, null);
    }

    private static ListedJson of(StorageObject object, String folder) {
        return new ListedJson(
                object.path().substring(folder.length()),
                object.id().toString(),
                object.updatedAt().toString(),
                object.createdAt().toString(),
                object.lastAccessedAt().toString(),
                Facts.of(object));
    }
}
