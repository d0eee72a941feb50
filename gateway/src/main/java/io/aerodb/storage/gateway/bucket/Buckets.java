package io.aerodb.storage.gateway.bucket;

import io.aerodb.storage.backend.StorageBackends;
import io.aerodb.storage.gateway.http.ErrorCode;
import io.aerodb.storage.gateway.permission.PermissionChecker;
import io.aerodb.storage.metadata.Bucket;
import io.aerodb.storage.metadata.BucketChange;
import io.aerodb.storage.metadata.BucketRepository;
import io.aerodb.storage.metadata.BucketUsage;
import io.aerodb.storage.metadata.MetadataException;
import io.aerodb.storage.metadata.MetadataException.Kind;
import io.aerodb.storage.metadata.NewBucket;
import io.aerodb.storage.metadata.Refusal;
import io.aerodb.storage.metadata.RlsContext;
import io.aerodb.storage.metadata.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What callers do with buckets. Failures are StorageErrors. */
final class Buckets {

    private static final int EMPTY_BATCH = 5_000;

    private final BucketRepository repository;
    private final StorageBackends backends;

    Buckets(BucketRepository repository, StorageBackends backends) {
        this.repository = repository;
        this.backends = backends;
    }

    Mono<Bucket> create(RlsContext caller, NewBucket bucket) {
        refuseUnknown(caller, bucket.backend());
        return repository
                .create(caller, bucket)
                .onErrorMap(MetadataException.class, failure -> switch (failure.kind()) {
                    case EXISTS -> ErrorCode.BUCKET_ALREADY_EXISTS.error();
                    default -> PermissionChecker.failed(caller, failure, "insert");
                });
    }

    Mono<BucketUsage> find(RlsContext caller, String idOrName) {
        return PermissionChecker.given(caller, repository.usage(caller, idOrName), "select");
    }

    Mono<Bucket> update(RlsContext caller, String idOrName, BucketChange change) {
        String backend = change.backend();
        refuseUnknown(caller, BucketChange.DEFAULT_BACKEND.equals(backend) ? null : backend);
        return PermissionChecker.given(caller, repository.update(caller, idOrName, change), "update");
    }

    /** Says which backends there are only to the service; others may not name one, which the database tells them. */
    private void refuseUnknown(RlsContext caller, @Nullable String backend) {
        if (backend != null
                && caller.role() == Role.SERVICE_ROLE
                && !backends.names().contains(backend)) {
            throw BucketFields.refused("backend", "must be null or " + String.join(" or ", backends.names()))
                    .with("allowed", backends.names());
        }
    }

    /** How many objects were removed, in batches, each in a transaction of its own. */
    Mono<Long> empty(RlsContext caller, String idOrName) {
        Mono<Long> batch = PermissionChecker.given(caller, repository.empty(caller, idOrName, EMPTY_BATCH), "delete");
        return batch.expand(removed -> removed < EMPTY_BATCH ? Mono.empty() : batch)
                .reduce(0L, Long::sum);
    }

    Mono<List<Bucket>> list(RlsContext caller, BucketListQuery query) {
        return repository
                .list(caller, query.limit(), query.offset(), query.search(), query.sort(), query.descending())
                .onErrorMap(MetadataException.class, failure -> PermissionChecker.failed(caller, failure, "select"));
    }

    Mono<Void> delete(RlsContext caller, String idOrName) {
        return PermissionChecker.done(
                caller,
                repository
                        .delete(caller, idOrName)
                        .map(absence -> absence.map(Refusal::of))
                        .onErrorMap(Buckets::isReferenced, failure -> ErrorCode.BUCKET_NOT_EMPTY.error()),
                "delete");
    }

    private static boolean isReferenced(Throwable failure) {
        return failure instanceof MetadataException known && known.kind() == Kind.REFERENCED;
    }
}
