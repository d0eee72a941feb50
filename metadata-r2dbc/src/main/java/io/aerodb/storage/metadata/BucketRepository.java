package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Columns.bigint;
import static io.aerodb.storage.metadata.Columns.text;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Buckets under row-level security. Each method is one round trip. */
public final class BucketRepository {

    private static final String CREATE = "SELECT " + Bucket.COLUMNS
            + " FROM storage_private.bucket_create($1, $2, $3, $4, $5, $6, $7, $8, $9) bucket";

    private static final String LIST =
            "SELECT " + Bucket.COLUMNS + " FROM storage_private.bucket_list($1, $2, $3, $4, $5, $6, $7) bucket";

    private static final String FIND =
            "SELECT outcome, " + Bucket.COLUMNS + " FROM storage_private.bucket_find($1, $2, $3)";

    private static final String USAGE = "SELECT outcome, file_count, total_size, " + Bucket.COLUMNS
            + " FROM storage_private.bucket_usage($1, $2, $3)";

    private static final String UPDATE = "SELECT outcome, " + Bucket.COLUMNS
            + " FROM storage_private.bucket_update($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    private static final String EMPTY = "SELECT outcome, removed FROM storage_private.bucket_empty($1, $2, $3, $4)";

    private static final String DELETE = "SELECT outcome FROM storage_private.bucket_delete($1, $2, $3)";

    private static final String PERMIT_CREATION = "SELECT storage_private.permit_bucket_creation($1)";

    private final MetadataExecutor executor;

    public BucketRepository(MetadataExecutor executor) {
        this.executor = executor;
    }

    /** Sets who may create buckets, for all gateways of the database and until the next time. */
    public Mono<Void> permitCreation(BucketCreation creators) {
        return executor.run(PERMIT_CREATION, creators.word());
    }

    /** Fails with EXISTS when the id or the name is taken, and with one of the kinds of DENIED when the caller may not. */
    public Mono<Bucket> create(RlsContext caller, NewBucket bucket) {
        return executor.row(
                        caller,
                        CREATE,
                        Bucket::from,
                        bucket.id(),
                        bucket.name(),
                        bucket.policy().word(),
                        bucket.allowedMimeTypes().toArray(String[]::new),
                        bigint(bucket.maxFileSize()),
                        text(bucket.backend()),
                        bigint(bucket.redirectReadsFrom()))
                .doOnNext(executor::changed);
    }

    /**
     * One page of the buckets the caller may see.
     *
     * @param search a part of the name, in upper or lower case; null for all
     */
    public Mono<List<Bucket>> list(
            RlsContext caller, int limit, int offset, @Nullable String search, BucketSort sort, boolean descending) {
        return executor.rows(caller, LIST, Bucket::from, limit, offset, text(search), sort.column(), descending);
    }

    /** The bucket; an Absence when it is not there for the caller. */
    public Mono<Answer<Bucket>> find(RlsContext caller, String idOrName) {
        return executor.row(caller, FIND, row -> Answer.from(row, "found", Bucket::from), idOrName);
    }

    /** The bucket, and how much the caller sees in it; an Absence when it is not there for him. */
    public Mono<Answer<BucketUsage>> usage(RlsContext caller, String idOrName) {
        return executor.row(caller, USAGE, row -> Answer.from(row, "found", BucketRepository::usage), idOrName);
    }

    public Mono<Answer<Bucket>> update(RlsContext caller, String idOrName, BucketChange change) {
        List<String> mimeTypes = change.allowedMimeTypes();
        Long maxFileSize = change.maxFileSize();
        String backend = change.backend();
        Long redirects = change.redirectReadsFrom();
        boolean limited = maxFileSize != null && maxFileSize != BucketChange.NO_LIMIT;
        return executor.row(
                        caller,
                        UPDATE,
                        row -> Answer.from(row, "updated", Bucket::from),
                        idOrName,
                        text(change.policy()),
                        mimeTypes != null,
                        mimeTypes == null ? new String[0] : mimeTypes.toArray(String[]::new),
                        maxFileSize != null,
                        bigint(limited ? maxFileSize : null),
                        backend != null,
                        text(BucketChange.DEFAULT_BACKEND.equals(backend) ? null : backend),
                        redirects != null,
                        bigint(redirects == null || redirects == BucketChange.NO_REDIRECTS ? null : redirects))
                .doOnNext(executor::changed);
    }

    /** Removes up to so many objects: how many it were. Fewer than asked means that the bucket is empty of what can go. */
    public Mono<Answer<Long>> empty(RlsContext caller, String idOrName, int batch) {
        return executor.row(
                        caller,
                        EMPTY,
                        row -> Answer.from(row, "emptied", emptied -> Columns.required(emptied, "removed", Long.class)),
                        idOrName,
                        batch)
                .doOnNext(executor::changed);
    }

    /** Empty when it was deleted, else why it was not. Fails with REFERENCED when objects are in it. */
    public Mono<Optional<Absence>> delete(RlsContext caller, String idOrName) {
        return executor.row(caller, DELETE, row -> Absence.unless(row, "deleted"), idOrName)
                .doOnNext(executor::changed);
    }

    private static BucketUsage usage(Readable row) {
        return new BucketUsage(
                Bucket.from(row),
                Columns.required(row, "file_count", Long.class),
                Columns.required(row, "total_size", Long.class));
    }
}
