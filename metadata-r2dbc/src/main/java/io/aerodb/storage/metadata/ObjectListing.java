package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Columns.text;

import io.aerodb.storage.metadata.ListingQuery.Position;
import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Readable;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Pages of objects under row-level security, one round trip each. */
public final class ObjectListing {

    private static final String PAGE = "SELECT outcome, bucket_name, folder, " + StorageObject.COLUMNS_BUT_METADATA
            + " FROM storage_private.object_page($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    private final MetadataExecutor executor;

    public ObjectListing(MetadataExecutor executor) {
        this.executor = executor;
    }

    public Mono<Answer<List<ListedEntry>>> page(RlsContext caller, String bucket, ListingQuery query) {
        Position after = query.after();
        return executor.rows(
                        caller,
                        PAGE,
                        row -> HeadedRow.from(row, ObjectListing::entry),
                        bucket,
                        query.prefix(),
                        query.delimited(),
                        text(query.search()),
                        query.sort().column(),
                        query.descending(),
                        after != null && after.folder(),
                        text(after == null ? null : after.name()),
                        time(after),
                        query.skip(),
                        query.size())
                .map(rows -> HeadedRow.answer(rows, "page"));
    }

    private static ListedEntry entry(Readable row) {
        String folder = row.get("folder", String.class);
        return folder == null
                ? new ListedEntry.Item(StorageObject.from(row, Columns.required(row, "bucket_name", String.class)))
                : new ListedEntry.Folder(folder);
    }

    private static Parameter time(@Nullable Position after) {
        return after == null || after.time() == null
                ? Parameters.in(R2dbcType.TIMESTAMP_WITH_TIME_ZONE)
                : Parameters.in(after.time().atOffset(ZoneOffset.UTC));
    }
}
