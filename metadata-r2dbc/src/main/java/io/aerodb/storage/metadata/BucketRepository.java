package io.aerodb.storage.metadata;

import static io.aerodb.storage.metadata.Columns.bigint;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Buckets under row-level security. Each method is one round trip. */
public final class BucketRepository {

    private static final String CREATE =
            "SELECT " + Bucket.COLUMNS + " FROM storage_private.bucket_create($1, $2, $3, $4, $5, $6, $7) bucket";

    private static final String FIND =
            "SELECT outcome, " + Bucket.COLUMNS + " FROM storage_private.bucket_find($1, $2, $3)";

    private static final String LIST =
            "SELECT " + Bucket.COLUMNS + " FROM storage_private.bucket_list($1, $2, $3, $4) bucket";

    private static final String DELETE = "SELECT outcome FROM storage_private.bucket_delete($1, $2, $3)";

    private final MetadataExecutor executor;

    public BucketRepository(MetadataExecutor executor) {
        this.executor = executor;
    }

    /** Fails with EXISTS when the id or the name is taken and with DENIED when the caller may not. */
    public Mono<Bucket> create(RlsContext caller, NewBucket bucket) {
        return executor.row(
                caller,
                CREATE,
                Bucket::from,
                bucket.id(),
                bucket.name(),
                bucket.policy().word(),
                bucket.allowedMimeTypes().toArray(String[]::new),
                bigint(bucket.maxFileSize()));
    }

    public Mono<BucketLookup> find(RlsContext caller, String idOrName) {
        return executor.row(caller, FIND, BucketRepository::lookup, idOrName);
    }

    /** One page of the buckets the caller may see, by name. */
    public Mono<List<Bucket>> list(RlsContext caller, int limit, int offset) {
        return executor.rows(caller, LIST, Bucket::from, limit, offset);
    }

    /** Empty when it was deleted, else why it was not. Fails with REFERENCED when objects are in it. */
    public Mono<Optional<Absence>> delete(RlsContext caller, String idOrName) {
        return executor.row(caller, DELETE, BucketRepository::removal, idOrName);
    }

    private static BucketLookup lookup(Readable row) {
        String outcome = Columns.required(row, "outcome", String.class);
        return outcome.equals("found")
                ? new BucketLookup.Found(Bucket.from(row))
                : new BucketLookup.NotFound(Absence.named(outcome));
    }

    private static Optional<Absence> removal(Readable row) {
        String outcome = Columns.required(row, "outcome", String.class);
        return outcome.equals("deleted") ? Optional.empty() : Optional.of(Absence.named(outcome));
    }
}
